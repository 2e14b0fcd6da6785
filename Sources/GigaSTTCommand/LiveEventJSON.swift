import Foundation
import GigaSTT

/// An event as a line of JSON: `type` first, times in seconds.
enum LiveEventJSON {
    private struct Line: Encodable {
        var type: String
        var text: String?
        var stableWords: Int?
        var start: Double?
        var end: Double?
        var at: Double?
        var endpoint: String?
        var confidence: Double?
        var words: [WordLine]?
        var alternatives: [AlternativeLine]?
        var spans: [SpeakerSpan]?
    }

    private struct WordLine: Encodable {
        let word: String
        let start: Double
        let end: Double
        let confidence: Float

        init(_ word: Word) {
            self.word = word.text
            start = word.start
            end = word.end
            confidence = word.confidence
        }
    }

    private struct AlternativeLine: Encodable {
        let text: String
        let confidence: Double?
    }

    static func line(_ event: LiveEvent) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(line(of: event)) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    private static func line(of event: LiveEvent) -> Line {
        switch event {
        case .speechStarted(let time): Line(type: "speech_started", at: time)
        case .speechStopped(let time): Line(type: "speech_stopped", at: time)
        case .partial(let partial):
            Line(
                type: "partial", text: partial.text, stableWords: partial.stableWordCount,
                words: partial.words.map(WordLine.init))
        case .final(let segment):
            Line(
                type: "final", text: segment.text, start: segment.start, end: segment.end,
                endpoint: segment.endpoint.rawValue, confidence: segment.confidence,
                words: segment.words.map(WordLine.init),
                alternatives: segment.alternatives?.map { AlternativeLine(text: $0.text, confidence: $0.confidence) })
        case .flushed: Line(type: "flushed")
        case .speakers(let spans, _): Line(type: "speakers", spans: spans)
        case .speakersUnavailable: Line(type: "speakers", spans: [])
        }
    }
}

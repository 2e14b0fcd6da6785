import Foundation
import GigaSTT
import STTValues

extension TimedLiveEvent {
    /// The segment of a partial or final as `gigastt_stream_process_chunk` returns it; `nil` for other events.
    var json: JSONValue? {
        switch event {
        case .partial(let partial):
            json(
                partial.text, partial.words, isFinal: false, partial.committedText, start: partial.words.first?.start,
                end: partial.words.last?.end)
        case .final(let segment):
            json(
                segment.text, segment.words, isFinal: true, segment.text, start: segment.start, end: segment.end)
        case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable: nil
        }
    }

    private func json(
        _ text: String, _ words: [Word], isFinal: Bool, _ committed: String, start: Double?, end: Double?
    ) -> JSONValue {
        let age = (ContinuousClock.now - since) / .seconds(1)
        return [
            "text": .string(text), "words": .array(words.map(\.json)), "is_final": .boolean(isFinal),
            "timestamp": .number(Date.now.timeIntervalSince1970 - age), "start": start.map { .number($0) },
            "end": end.map { .number($0) }, "committed": .string(committed),
        ]
    }

    /// Whether a later event replaces it.
    var isPartial: Bool { if case .partial = event { true } else { false } }

    /// The text of a partial or final.
    var text: String {
        switch event {
        case .partial(let partial): partial.text
        case .final(let segment): segment.text
        case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable: ""
        }
    }
}

extension [TimedLiveEvent] {
    /// The array that the functions of a stream return.
    var json: String { JSONValue.array(compactMap(\.json)).description }
}

extension Word {
    fileprivate var json: JSONValue {
        [
            "word": .string(text), "start": .number(start), "end": .number(end), "confidence": .number(confidence),
            "speaker": speaker.map { .integer($0) },
        ]
    }
}

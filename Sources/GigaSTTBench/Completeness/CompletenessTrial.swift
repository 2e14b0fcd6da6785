import Foundation
import GigaSTT
import LiveBenchmark

/// Recognises mixes as live streams and as files, and compares both with the words that hand cuts give.
struct CompletenessTrial {
    /// A word that is lost or doubled.
    struct Finding: CustomStringConvertible {
        let way: String
        let word: Word
        let mix: CompletenessMix
        let expected: String
        let segments: [Segment]

        /// Whether a silence of less than 0.3 s ended an utterance within the word, as its endpoint setting asks for.
        var isCutByShortSilence: Bool {
            guard let silence = mix.endpointing.silence, silence < .milliseconds(300) else { return false }
            return segments.contains {
                $0.endpoint == .silence && word.start - 0.1 < $0.end && $0.end < word.end + 0.1
            }
        }

        var description: String {
            let place = String(format: "%.2f", word.start)
            let recognised = segments.map { segment in
                String(format: "[%.2f–%.2f %@] ", segment.start, segment.end, "\(segment.endpoint)") + segment.text
            }
            return "seed \(mix.seed), \(way): \(word.text) at \(place) s (\(mix.description))\n  - \(expected)\n  + "
                + recognised.joined(separator: "\n    ")
        }
    }

    private(set) var mixCount = 0
    private(set) var seconds = 0.0
    private(set) var wordCount = 0
    /// Words that other hand cuts with the speech around them lack or repeat as well: these say nothing about
    /// completeness.
    private(set) var unsteady = 0
    private(set) var lost: [Finding] = []
    private(set) var doubled: [Finding] = []

    private let recognizer: Recognizer
    private let oracle: HandCuts
    private let voices: [[Float]]

    /// A trial with one recognizer of the model in `folder`.
    static func load(_ folder: ModelFolder, voices: [[Float]]) async throws -> CompletenessTrial {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        let recognizer = try await Recognizer(folder, configuration: configuration)
        return CompletenessTrial(recognizer: recognizer, oracle: try HandCuts(folder), voices: voices)
    }

    private init(recognizer: Recognizer, oracle: HandCuts, voices: [[Float]]) {
        (self.recognizer, self.oracle, self.voices) = (recognizer, oracle, voices)
    }

    mutating func run(seed: UInt64) async throws {
        let mix = try CompletenessMix(seed: seed, of: voices)
        mixCount += 1
        seconds += Double(mix.samples.count) / 16_000
        let expected = try oracle.words(of: mix)
        wordCount += expected.reduce(0) { $0 + $1.count }
        try compare(expected, try await live(mix), of: mix, way: "live")
        try compare(expected, try await file(mix), of: mix, way: "file")
    }

    private mutating func compare(
        _ expected: [[Word]], _ segments: [Segment], of mix: CompletenessMix, way: String
    ) throws {
        let words = expected.flatMap(\.self)
        let recognised = segments.flatMap(\.words)
        let places = expected.indices.flatMap { clip in expected[clip].indices.map { (clip: clip, word: $0) } }
        let alignment = LetterAlignment(reference: words, recognised: recognised)
        func finding(_ word: Word) -> Finding {
            Finding(
                way: way, word: word, mix: mix,
                expected: expected.map { $0.map(\.text).joined(separator: " ") }.joined(separator: " / "),
                segments: segments)
        }
        for index in alignment.lost {
            let place = places[index]
            let isHeard = try oracle.isHeardInEveryContext(
                place.word, ofClip: place.clip, words: expected[place.clip], in: mix, segments)
            if isHeard { lost.append(finding(words[index])) } else { unsteady += 1 }
        }
        // Two windows read a second of the same audio: words further apart are not one word.
        for (first, second) in alignment.doubled where recognised[second].start - recognised[first].start < 1.5 {
            let isHeardTwice = try oracle.isHeardTwice(
                recognised[first], recognised[second], in: mix, segments)
            if isHeardTwice { unsteady += 1 } else { doubled.append(finding(recognised[second])) }
        }
    }

    private func live(_ mix: CompletenessMix) async throws -> [Segment] {
        var options = LiveOptions()
        options.endpointing = mix.endpointing
        options.partials = mix.partials
        let stream = try recognizer.liveStream(options: options)
        async let feeding: Void = {
            var converter = PCMConverter(try .pcm16(sampleRate: mix.sampleRate))
            var random = SeededNumbers(mix.seed)
            var start = 0
            while start < mix.bytes.count {
                let end = min(start + random.value(in: mix.blockSizes), mix.bytes.count)
                try await stream.append(converter.convert(Array(mix.bytes[start..<end])))
                start = end
            }
            try await stream.append(converter.finish())
            try await stream.finish()
        }()
        var segments: [Segment] = []
        for try await event in stream {
            if case .final(let segment) = event { segments.append(segment) }
        }
        try await feeding
        return segments
    }

    private func file(_ mix: CompletenessMix) async throws -> [Segment] {
        var options = TranscriptionOptions()
        options.endpointing = mix.endpointing
        let header = WaveFile.header(byteCount: mix.bytes.count, sampleRate: mix.sampleRate)
        let transcript = try await recognizer.transcribe(.bytes([UInt8](header) + mix.bytes), options: options)
        return transcript.segments
    }
}

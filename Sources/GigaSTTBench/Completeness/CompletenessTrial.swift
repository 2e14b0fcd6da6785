import Foundation
import GigaSTT

/// Recognises mixes as live streams and as files, and compares both with the words that hand cuts give.
struct CompletenessTrial {
    /// A word that is lost or doubled.
    struct Finding: CustomStringConvertible {
        let way: String
        let word: String
        let mix: CompletenessMix
        let expected: String
        let recognised: String

        var description: String {
            "seed \(mix.seed), \(way): \(word) (\(mix.description))\n  - \(expected)\n  + \(recognised)"
        }
    }

    private(set) var mixCount = 0
    private(set) var seconds = 0.0
    private(set) var wordCount = 0
    /// Words that other hand cuts with the speech around them lack as well: these say nothing about completeness.
    private(set) var unsteady = 0
    private(set) var lost: [Finding] = []
    private(set) var doubled: [Finding] = []

    private let recognizer: Recognizer
    private let oracle: HandCuts
    private let voices: [[Float]]

    init(_ folder: ModelFolder, voices: [[Float]]) async throws {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        recognizer = try await Recognizer(folder, configuration: configuration)
        oracle = try HandCuts(folder)
        self.voices = voices
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
        _ expected: [[String]], _ recognised: [String], of mix: CompletenessMix, way: String
    ) throws {
        let words = expected.flatMap(\.self)
        let places = expected.indices.flatMap { clip in expected[clip].indices.map { (clip: clip, word: $0) } }
        let alignment = LetterAlignment(reference: words, recognised: recognised)
        func finding(_ word: String) -> Finding {
            Finding(
                way: way, word: word, mix: mix,
                expected: expected.map { $0.joined(separator: " ") }
                    .joined(separator: " / "), recognised: recognised.joined(separator: " "))
        }
        for index in alignment.lost {
            let place = places[index]
            let isHeard = try oracle.isHeardInContext(
                place.word, ofClip: place.clip, words: expected[place.clip], in: mix)
            if isHeard { lost.append(finding(words[index])) } else { unsteady += 1 }
        }
        doubled += alignment.doubled.map { finding(recognised[$0]) }
    }

    private func live(_ mix: CompletenessMix) async throws -> [String] {
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
        var words: [String] = []
        for try await event in stream {
            if case .final(let segment) = event { words += segment.words.map(\.text) }
        }
        try await feeding
        return words
    }

    private func file(_ mix: CompletenessMix) async throws -> [String] {
        var options = TranscriptionOptions()
        options.endpointing = mix.endpointing
        let header = WaveFile.header(byteCount: mix.bytes.count, sampleRate: mix.sampleRate)
        let transcript = try await recognizer.transcribe(.bytes([UInt8](header) + mix.bytes), options: options)
        return transcript.words.map(\.text)
    }
}

import GigaSTT
import TestSupport
import Testing

/// A recording that is recognised in parts has the utterances of the whole.
@Suite struct RecordingPartTests {
    /// Three sentences with pauses, with gaps that are shortened, and with noise in which words end utterances.
    private static func samples(_ random: inout SeededRandom) throws -> [Float] {
        var samples: [Float] = []
        for name in ["06", "07", "09"].shuffled(using: &random) {
            let level: Float = random.within(0...3) == 0 ? 0.05 : 0.0005
            let speech = try Recordings.samples(Recordings.named(name)) + [Float](repeating: 0, count: 16_000)
            samples += speech.map { $0 + random.within(-level...level) }
            if random.within(0...3) == 0 { samples += [Float](repeating: 0, count: 16_000 * 12) }
        }
        return samples
    }

    @Test(arguments: 1...3) func partsAreThoseOfTheWhole(_ seed: UInt64) async throws {
        var random = SeededRandom(seed)
        let recognizer = try await SharedRecognizer.get()
        let source = AudioSource.bytes([UInt8](WaveFile.data(try Self.samples(&random))))
        var options = TranscriptionOptions()
        options.endpointing = seed % 2 == 0 ? .automatic : .noisy
        let whole = try await collect(recognizer.segments(of: source, options: options))
        let pauses = try #require(try await recognizer.pauses(in: source, options: options))
        let silences = whole.filter { $0.endpoint == .silence }.map(\.end)
        #expect(Set(pauses.ends).isSubset(of: silences), "\(pauses.ends), not \(silences)")
        if seed % 2 == 0 { #expect(pauses.ends == silences) }
        #expect(pauses.ends.count > 1)
        #expect(pauses.duration == whole.last?.end)
        let cuts = pauses.ends.shuffled(using: &random).prefix(2).sorted()
        var parts: [Segment] = []
        for (start, end) in zip([0] + cuts, cuts.map(Optional.some) + [nil]) {
            parts += try await collect(recognizer.segments(of: source, options: options, after: [start], until: end))
        }
        #expect(parts == whole, "cut at \(cuts)")
    }

    /// One that was recognised to its end before has nothing left, and one that was interrupted has its rest.
    @Test func aPartIsResumed() async throws {
        let recognizer = try await SharedRecognizer.get()
        let samples = try ["06", "09", "06", "09"].flatMap {
            try Recordings.samples(Recordings.named($0)) + [Float](repeating: 0, count: 16_000)
        }
        let source = AudioSource.bytes([UInt8](WaveFile.data(samples)))
        let whole = try await collect(recognizer.segments(of: source))
        let ends = try #require(try await recognizer.pauses(in: source, options: .init())).ends
        #expect(ends.count > 2)
        func part(from start: Double, to end: Double) async throws -> [Segment] {
            try await collect(recognizer.segments(of: source, options: .init(), after: [start], until: end))
        }
        #expect(try await part(from: ends[1], to: ends[1]).isEmpty)
        #expect(try await part(from: ends[0], to: ends[2]) == whole.filter { $0.start >= ends[0] && $0.end <= ends[2] })
    }

    @Test func wholesAreNotCut() async throws {
        let recognizer = try await SharedRecognizer.get()
        let source = AudioSource.file(try Recordings.named("07").url)
        let changes: [(inout TranscriptionOptions) -> Void] = [
            { $0.channels = .apart }, { $0.speakers = SpeakerSeparation() }, { $0.endpointing = .manual },
        ]
        for change in changes {
            var options = TranscriptionOptions()
            change(&options)
            #expect(try await recognizer.pauses(in: source, options: options) == nil)
        }
    }

    private static let cuts: [([Double], Double, Double, [Double])] = [
        ([], 100, 10, []), ([4, 9, 12], 10, 10, []), ([4, 9, 12], 10.5, 10, [9]),
        // Of about the same length, and none is longer where there is a pause.
        (Array(stride(from: 1.0, to: 25, by: 1)), 25, 10, [9, 18]), ([7, 13, 22], 25, 10, [7, 13, 22]),
        // Speech without a pause stays together.
        ([3, 21, 22], 30, 10, [3, 21]), ([1], 60, 10, [1]),
        ([5, 30], 30, 10, [5]), ([5], 30, 0, []),
    ]

    @Test(arguments: cuts)
    func cutsAreInPauses(_ ends: [Double], _ duration: Double, _ longest: Double, _ cuts: [Double]) {
        #expect(RecordingPauses(ends: ends, duration: duration).cuts(longest: longest) == cuts)
    }

    private func collect(_ segments: TranscriptSegments) async throws -> [Segment] {
        var all: [Segment] = []
        for try await segment in segments { all.append(segment) }
        return all
    }
}

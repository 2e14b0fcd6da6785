import GigaSTT
import Synchronization
import TestSupport
import Testing

/// Flushes, the two forms of the verb, bad audio, and the end.
@Suite struct LiveInputTests {
    private let command = Result { try Recordings.samples(Recordings.named("01")) }
    private struct Fault: Error {}

    private func inputs(_ items: [LiveInput]) -> AsyncStream<LiveInput> {
        AsyncStream { continuation in
            for item in items { continuation.yield(item) }
            continuation.finish()
        }
    }

    private func events(_ input: AsyncStream<LiveInput>, partials: Bool = true) async throws -> [LiveEvent] {
        let recognizer = try await LiveModel.shared
        return try await mustEnd {
            var options = LiveOptions()
            options.partials = partials
            let events = Mutex<[LiveEvent]>([])
            try await recognizer.transcribe(live: input, options: options) { event in
                events.withLock { $0.append(event) }
            }
            return events.withLock { $0 }
        }
    }

    @Test func theBodyFormGivesTheEventsOfTheSequence() async throws {
        let blocks = Blocking.random(5).blocks(try command.get())
        var options = LiveOptions()
        options.partials = false
        let sequence = try await LiveModel.shared.play(blocks, options)
        #expect(sequence.count >= 3)
        #expect(try await events(inputs(blocks.map { .audio($0) }), partials: false) == sequence)
    }

    @Test func blocksOfSamplesAreAnInput() async throws {
        let recognizer = try await LiveModel.shared
        let blocks = Blocking.random(5).blocks(try command.get())
        var options = LiveOptions()
        options.partials = false
        let events = try await mustEnd { [options] in
            let input = AsyncStream<[Float]> { continuation in
                for block in blocks { continuation.yield(block) }
                continuation.finish()
            }
            var events: [LiveEvent] = []
            try await recognizer.transcribe(live: input, options: options) { events.append($0) }
            return events
        }
        #expect(try await events == recognizer.play(blocks, options))
    }

    @Test func aFlushIsEchoedBehindItsFinal() async throws {
        let samples = try command.get()
        let input = inputs([
            .flush(1), .audio(Array(samples.prefix(24_000))), .flush(2), .flush(3),
            .audio(Array(samples.dropFirst(24_000))),
        ])
        let events = try await events(input).withoutPartials
        #expect(events.echoes == [1, 2, 3])
        #expect(events.first == .flushed(1))
        let second = try #require(events.firstIndex(of: .flushed(2)))
        guard case .final(let segment) = events[second - 1] else {
            Issue.record("no final in front of the flush")
            return
        }
        #expect(segment.endpoint == .flush)
        #expect(segment.end == 1.49)  // 24 000 samples are 149 frames
        #expect(!segment.words.isEmpty)
        #expect(events[second + 1] == .flushed(3))
        #expect(events.brokenPromises(sampleCount: samples.count) == [])
    }

    @Test func aManualStreamEndsUtterancesOnlyWhenFlushed() async throws {
        let recognizer = try await LiveModel.shared
        var options = LiveOptions()
        options.endpointing = .manual
        let samples = try Recordings.samples(Recordings.named("12"))
        let events = try await recognizer.play(Blocking.every(1_600).blocks(Array(samples.prefix(160_000))), options)
        #expect(events.finals.map(\.endpoint) == [.endOfInput])
    }

    @Test func anEmptyStreamIsOneEmptyFinal() async throws {
        #expect(
            try await events(inputs([])) == [.final(Segment(words: [], start: 0, end: 0, endpoint: .endOfInput))])
    }

    @Test func nothingIsTakenAfterTheEnd() async throws {
        let stream = try await LiveModel.shared.liveStream()
        try await stream.append([0])
        try await stream.finish()
        try await stream.finish()
        let audio = await #expect(throws: GigaSTTError.self) { try await stream.append([0]) }
        #expect(audio?.code == .invalidOption)
        let flush = await #expect(throws: GigaSTTError.self) { try await stream.flush(1) }
        #expect(flush?.code == .invalidOption)
        var count = 0
        for try await _ in stream { count += 1 }
        #expect(count == 1)
    }

    // MARK: Failures

    @Test func whatTheBodyThrowsIsThrownEvenIfNothingMoreComesIn() async throws {
        let recognizer = try await LiveModel.shared
        // One second is taken at once: the feeder is back at its input when the event is read.
        let samples = Array(try command.get().prefix(16_000))
        await #expect(throws: Fault.self) {
            try await mustEnd {
                // A microphone that goes on being silent: the input never ends.
                let (input, continuation) = AsyncStream<LiveInput>.makeStream()
                continuation.yield(.audio(samples))
                defer { continuation.finish() }
                try await recognizer.transcribe(live: input) { _ in throw Fault() }
            }
        }
    }

    @Test func whatTheInputThrowsIsThrown() async throws {
        let recognizer = try await LiveModel.shared
        let samples = try command.get()
        await #expect(throws: Fault.self) {
            try await mustEnd {
                let (input, continuation) = AsyncThrowingStream<LiveInput, any Error>.makeStream()
                continuation.yield(.audio(samples))
                continuation.finish(throwing: Fault())
                try await recognizer.transcribe(live: input) { _ in }
            }
        }
    }

    // MARK: Bad audio

    enum Noise: CaseIterable {
        case zeros, square, bytes, huge, nonsense

        func samples() throws -> [Float] {
            var dice = SeededRandom(11)
            let count = 48_123
            switch self {
            case .zeros: return [Float](repeating: 0, count: count)
            case .square: return (0..<count).map { $0 / 40 % 2 == 0 ? 1 : -1 }
            case .bytes:
                var converter = PCMConverter(try .pcm16(sampleRate: 16_000))
                return converter.convert((0...count * 2).map { _ in UInt8.random(in: 0...255, using: &dice) })
            case .huge: return (0..<count).map { _ in Float.random(in: -1e30...1e30, using: &dice) }
            case .nonsense: return (0..<count).map { [Float.nan, .infinity, -.infinity, 0, 0.5][$0 / 1_000 % 5] }
            }
        }
    }

    @Test(arguments: Noise.allCases, LiveParityTests.endpointings)
    func noAudioIsBadEnoughToBreakAStream(_ noise: Noise, _ endpointing: Endpointing) async throws {
        let recognizer = try await LiveModel.shared
        var options = LiveOptions()
        options.endpointing = endpointing
        let samples = try noise.samples()
        let events = try await recognizer.play(Blocking.random(9).blocks(samples), options)
        #expect(events.brokenPromises(sampleCount: samples.count) == [])
        #expect(try await events.finals == recognizer.segments(samples, endpointing))
        if noise == .zeros { #expect(events.count == 1) }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, 1e30])
    func oneBadSampleCostsNoWords(_ bad: Float) async throws {
        let recognizer = try await LiveModel.shared
        var samples = try Recordings.samples(Recordings.named("01"))
        let words = try await recognizer.segments(samples, .automatic).flatMap(\.words).map(\.text)
        samples[2_000] = bad
        let events = try await recognizer.play(Blocking.every(1_600).blocks(samples))
        #expect(events.finals.flatMap(\.words).map(\.text) == words)
        #expect(try await events.finals == recognizer.segments(samples, .automatic))
    }
}

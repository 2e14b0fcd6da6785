import STTInference
import STTValues
import Synchronization
import TestSupport
import Testing

@testable import STTRecognition

/// The driver: who waits for whom, and what they get when the stream ends early.
@Suite struct RecognitionStreamTests {
    private let command = Result { try Recording.samples("01_commands.wav") }
    private let silence = [Float](repeating: 0, count: 16_000)

    // MARK: Two at one end

    @Test func twoReadersShareTheEventsAndBothComeToTheEnd() async throws {
        let booth = try Booth()
        let samples = try command.get() + silence
        let whole = booth.stream()
        try await whole.append(samples)
        try await whole.finish()
        let expected = try await mustEnd { try await whole.rest() }
        let shared = booth.stream()
        let events = try await mustEnd {
            async let left = shared.rest()
            async let right = shared.rest()
            try await shared.append(samples)
            try await shared.finish()
            return try await left + right
        }
        #expect(events.count == expected.count)
        #expect(Set(events) == Set(expected))
    }

    @Test func twoFeedersWaitAndBothGoOn() async throws {
        let booth = try Booth()
        let gate = await booth.occupy()
        let stream = booth.stream { $0.undecodedLimit = 1 }
        try await stream.append(Array(try command.get().prefix(16_000)))
        try await stream.flush(1)
        #expect(!stream.hasRoom)
        let count = try await mustEnd {
            async let first: Void = stream.append([0])
            async let second: Void = stream.append([0])
            gate.open()
            try await first
            try await second
            try await stream.finish()
            return try await stream.rest().count
        }
        #expect(count > 0)
    }

    // MARK: Bounds

    @Test func flushesBehindAnUndecodedUtteranceAreBounded() async throws {
        let booth = try Booth()
        let gate = await booth.occupy()
        let stream = booth.stream { $0.eventLimit = 32 }
        let samples = try command.get()
        try await stream.append(samples)
        var accepted = 0
        while stream.hasRoom, accepted < 1_000 {
            try await stream.flush(accepted)
            accepted += 1
        }
        #expect((20...32).contains(accepted))
        gate.open()
        let count = accepted
        let events = try await mustEnd {
            async let events = stream.rest()
            try await stream.flush(count)
            try await stream.finish()
            return try await events
        }
        let echoes = events.compactMap { if case .flushed(let number) = $0 { number } else { nil } }
        #expect(echoes == Array(0...count))
    }

    @Test func unreadEventsHoldTheFeederAndReadingLetsItGoOn() async throws {
        let booth = try Booth()
        let stream = booth.stream { $0.eventLimit = 4 }
        for number in 0..<4 { try await stream.flush(number) }
        #expect(!stream.hasRoom)
        let echoes = try await mustEnd {
            async let feeding: Void = {
                for number in 4..<50 { try await stream.flush(number) }
                try await stream.finish()
            }()
            let events = try await stream.rest()
            try await feeding
            return events.compactMap { if case .flushed(let number) = $0 { number } else { nil } }
        }
        #expect(echoes == Array(0..<50))
    }

    // MARK: Failures and what was decided before

    @Test func whatWasDecidedBeforeAFailureIsRead() async throws {
        let booth = try Booth()
        let stream = booth.stream()
        try await stream.append(try command.get() + silence)
        try await stream.flush(1)
        try await stream.waitForEventOrRoom()
        await booth.queue.drain()
        let events = Mutex<[LiveEvent]>([])
        // The next utterance cannot be decoded any more.
        try await stream.append(try command.get())
        await #expect(throws: GigaSTTError.self) {
            try await stream.finish(); try await stream.append([0])
        }
        let failure = await #expect(throws: GigaSTTError.self) {
            try await mustEnd {
                while let event = try await stream.next() { events.withLock { $0.append(event.event) } }
            }
        }
        #expect(failure?.code == .shuttingDown)
        let finals = events.withLock { $0 }.compactMap { if case .final(let final) = $0 { final } else { nil } }
        #expect(finals.contains { !$0.words.isEmpty })
    }

    @Test func whoCancelsReadsNothingMore() async throws {
        let booth = try Booth()
        let stream = booth.stream()
        try await stream.flush(1)
        stream.cancel()
        await #expect(throws: CancellationError.self) { try await stream.next() }
        await #expect(throws: CancellationError.self) { try await stream.append([0]) }
        await #expect(throws: CancellationError.self) { try await stream.finish() }
        stream.cancel()
    }

    @Test func cancellingAStreamThatIsOverChangesNothing() async throws {
        let booth = try Booth()
        let stream = booth.stream()
        try await stream.finish()
        stream.cancel()
        #expect(try await stream.rest().map(\.story) == ["final endOfInput: "])
        #expect(stream.isOver)
    }
}

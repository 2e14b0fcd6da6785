import STTFeatures
import STTInference
import STTValues
import Synchronization
import TestSupport
import Testing

@testable import STTRecognition

/// The driver: who waits for whom, and what they get when the stream ends early.
@Suite struct RecognitionStreamTests {
    private struct Fault: Error {}

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
        try await stream.append(try command.get() + silence)
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

    // MARK: A model for the voice activity

    @Test func aVoiceActivityThatFailsEndsTheStreamForBothEnds() async throws {
        let booth = try Booth()
        let stream = booth.stream {
            $0.voiceActivity = ScriptedActivity { _ in throw GigaSTTError(.inferenceFailed, "Broken.") }
        }
        let feeder = await #expect(throws: GigaSTTError.self) { try await stream.append(silence) }
        #expect(feeder?.code == .inferenceFailed)
        let reader = await #expect(throws: GigaSTTError.self) { try await mustEnd { try await stream.rest() } }
        #expect(reader?.message == "Broken.")
    }

    @Test func aFailureOfAnotherKindIsToldInTheWordsOfTheEngine() async throws {
        let booth = try Booth()
        let stream = booth.stream { $0.voiceActivity = ScriptedActivity { _ in throw Fault() } }
        let feeder = await #expect(throws: GigaSTTError.self) { try await stream.append(silence) }
        #expect(feeder?.code == .inferenceFailed)
        #expect(feeder?.detail.contains("Fault") == true)
    }

    @Test func aQueueThatIsShutDownEndsAStreamThatAsksForItsVoiceActivity() async throws {
        let booth = try Booth()
        let stream = booth.stream { $0.voiceActivity = ScriptedActivity { $0.map { _ in 0 } } }
        try await stream.append(silence)
        await booth.queue.drain()
        let feeder = await #expect(throws: GigaSTTError.self) { try await stream.append(silence) }
        #expect(feeder?.code == .shuttingDown)
        let reader = await #expect(throws: GigaSTTError.self) { try await mustEnd { try await stream.rest() } }
        #expect(reader?.code == .shuttingDown)
    }

    @Test func aFeederCancelledWhileItsVoiceActivityWaitsEndsTheStream() async throws {
        let booth = try Booth()
        let gate = await booth.occupy()
        let stream = booth.stream { $0.voiceActivity = ScriptedActivity { $0.map { _ in 0 } } }
        let block = silence
        await #expect(throws: CancellationError.self) {
            try await mustEnd {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await stream.append(block) }
                    group.cancelAll()
                    try await group.next()
                }
            }
        }
        await #expect(throws: CancellationError.self) { try await mustEnd { try await stream.rest() } }
        gate.open()
    }

    @Test func askingTheVoiceActivityDoesNotTakeThePlaceOfAPreview() async throws {
        let booth = try Booth()
        let gate = Gate()
        let holds = Atomic(false)
        let stream = booth.stream {
            $0.partials = PartialPolicy()
            // The first question brings other work behind it, so that the preview it leads to has to wait.
            $0.voiceActivity = ScriptedActivity { [queue = booth.queue] levels in
                if !holds.exchange(true, ordering: .relaxed) {
                    queue.submit(.final, client: ClientID()) { _ in gate.pass() } completion: { _ in }
                }
                return levels.map { _ in 1 }
            }
        }
        let samples = Array(try command.get().prefix(16_000))
        let block = samples
        try await stream.append(block)
        let next = Moment()
        try await mustEnd {
            async let feeding: Void = {
                next.come()
                try await stream.append(block)
                try await stream.finish()
            }()
            await next.wait()
            gate.open()
            _ = try await (feeding, stream.rest())
        }
        #expect(booth.queue.statistics.lanes.partial.superseded == 0)
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
        await #expect(throws: GigaSTTError.self) { try await stream.finish(); try await stream.append([0]) }
        let failure = await #expect(throws: GigaSTTError.self) {
            try await mustEnd {
                while let event = try await stream.next() { events.withLock { $0.append(event) } }
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

    @Test func aDecodeThatIsWithdrawnBeforeItIsSubmittedIsNeverSubmitted() async throws {
        let booth = try Booth()
        // Speech, a pause long enough to decode ahead, and speech again, all in one block.
        let answers: [Float] = [Float](repeating: 1, count: 20) + [Float](repeating: 0, count: 45)
        let stream = booth.stream {
            $0.partials = PartialPolicy()
            $0.voiceActivity = ScriptedActivity { levels in
                levels.indices.map { $0 < answers.count ? answers[$0] : 1 }
            }
        }
        let noise = (0..<16_000).map { Float($0 % 7) / 100 }
        let gate = await booth.occupy()
        let block = noise
        try await mustEnd {
            async let feeding: Void = stream.append(block)
            gate.open()
            try await feeding
        }
        // The voice activity and the gate; the final ahead is not among them.
        let lane = booth.queue.statistics.lanes.final
        #expect(lane.cancelled == 0)
        stream.cancel()
    }
}

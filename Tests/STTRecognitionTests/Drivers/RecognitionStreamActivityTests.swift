import STTInference
import STTValues
import Synchronization
import TestSupport
import Testing

@testable import STTRecognition

/// A stream whose voice activity is a model: it is asked on a worker, like everything that takes time.
@Suite struct RecognitionStreamActivityTests {
    private struct Fault: Error {}

    private let command = Result { try Recording.samples("01_commands.wav") }
    private let silence = [Float](repeating: 0, count: 16_000)

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

    @Test func aFeederCancelledWhileItsVoiceActivityIsAskedEndsTheStream() async throws {
        let booth = try Booth()
        let gate = Gate()
        let stream = booth.stream {
            $0.voiceActivity = ScriptedActivity { levels in
                gate.pass()
                return levels.map { _ in 0 }
            }
        }
        let block = silence
        await #expect(throws: CancellationError.self) {
            try await mustEnd {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await stream.append(block) }
                    await gate.entered.wait()
                    group.cancelAll()
                    gate.open()
                    try await group.next()
                }
            }
        }
        await #expect(throws: CancellationError.self) { try await mustEnd { try await stream.rest() } }
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
                    queue.submit(.final, client: ClientID()) { _ in
                        gate.pass()
                    } completion: { _ in
                    }
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

    /// A model that reads frames of 512 samples.
    private struct Framed: VoiceActivity {
        var pending = 0
        func runsModel(appending sampleCount: Int?) -> Bool { sampleCount.map { pending + $0 >= 512 } ?? true }
        mutating func append(_ samples: [Float], levels: [Float]) -> [Float] {
            pending = (pending + samples.count) % 512
            return levels.map { _ in 1 }
        }
        mutating func finish() -> [Float] { [] }
    }

    @Test func theModelIsAskedInALaneOfItsOwnAndOnlyForWholeFrames() async throws {
        let booth = try Booth()
        let stream = booth.stream { $0.voiceActivity = Framed() }
        // 100 blocks of 20 ms are 62 frames of 512 samples and a half; the end is asked for once more.
        for _ in 0..<100 { try await stream.append([Float](repeating: 0, count: 320)) }
        try await stream.finish()
        let events = try await mustEnd { try await stream.rest() }
        let finals = events.count { if case .final = $0 { true } else { false } }
        await booth.queue.drain()
        let lanes = booth.queue.statistics.lanes
        #expect(lanes.activity.completed == 63)
        #expect(lanes.final.completed == finals)
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
        // The gate; the final ahead is not among them.
        let lane = booth.queue.statistics.lanes.final
        #expect(lane.cancelled == 0)
        stream.cancel()
    }
}

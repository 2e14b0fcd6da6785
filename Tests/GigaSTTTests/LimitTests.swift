import Foundation
import STTInference
import TestSupport
import Testing

@testable import GigaSTT

/// What happens when there is too much work, or an end to all work.
@Suite struct LimitTests {
    private let recognizer: Recognizer
    private let samples: [Float]
    private let gate = Gate()

    /// The only worker is busy until the gate opens.
    init() async throws {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        recognizer = try await Recognizer(.demo, configuration: configuration)
        samples = try Recordings.samples(try Recordings.named("03"))
        recognizer.queue.submit(.file, client: ClientID()) { [gate] _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
    }

    @Test func workBeyondTheBoundIsRefusedAtOnceWithATimeToComeBack() async throws {
        let queue = recognizer.queue
        // Refusal is how the bound is found, wherever it is.
        for _ in 0..<65_537 where queue.statistics.lanes.file.refused == 0 {
            queue.submit(.file, client: ClientID()) { _ in
            } completion: { _ in
            }
        }
        let error = await #expect(throws: GigaSTTError.self) {
            try await mustEnd { try await recognizer.transcribe(samples: samples) }
        }
        #expect(error?.code == .overloaded)
        #expect(error?.retryAfter.map { $0 > .zero } == true)
        #expect(error?.message.contains("try again") == true)
        gate.open()
        // The others have been spared, and there is room again when they are done.
        await recognizer.queue.drain()
        #expect(queue.statistics.lanes.file.refused == 2)
    }

    @Test func shutDownFailsWhatWaits() async throws {
        let task = Task { try await recognizer.transcribe(samples: samples) }
        async let ending: Void = recognizer.shutDown()
        let error = await #expect(throws: GigaSTTError.self) { try await mustEnd { try await task.value } }
        #expect(error?.code == .shuttingDown)
        gate.open()
        await ending
    }

    @Test func afterShutDownNothingIsTaken() async throws {
        gate.open()
        await recognizer.shutDown()
        await recognizer.shutDown()
        let error = await #expect(throws: GigaSTTError.self) { try await recognizer.transcribe(samples: samples) }
        #expect(error?.code == .shuttingDown)
        #expect(error?.message.isEmpty == false)
    }

    struct Setting: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (inout RecognizerConfiguration) -> Void
        init(_ name: String, _ apply: @escaping @Sendable (inout RecognizerConfiguration) -> Void) {
            (testDescription, self.apply) = (name, apply)
        }
    }

    @Test(arguments: [
        Setting("no worker") { $0.workerCount = 0 }, Setting("-1 workers") { $0.workerCount = -1 },
        Setting("257 workers") { $0.workerCount = 257 }, Setting("very many workers") { $0.workerCount = .max },
        Setting("no thread") { $0.threadsPerWorker = 0 }, Setting("257 threads") { $0.threadsPerWorker = 257 },
        Setting("no worker for files") { $0.fileWorkerLimit = 0 },
        Setting("-1 workers for files") { $0.fileWorkerLimit = -1 },
        Setting("a delay below zero") { $0.admissionLimit = .seconds(-1) },
        Setting("a threshold that is no number") { $0.voiceActivityThreshold = .nan },
        Setting("a threshold below 0") { $0.voiceActivityThreshold = -0.1 },
        Setting("a threshold above 1") { $0.voiceActivityThreshold = 1.1 },
        Setting("an endless threshold") { $0.voiceActivityThreshold = .infinity },
    ])
    func numbersThatMakeNoSenseAreRefused(_ setting: Setting) async throws {
        gate.open()
        var configuration = RecognizerConfiguration()
        setting.apply(&configuration)
        let error = await #expect(throws: GigaSTTError.self) {
            try await Recognizer(.demo, configuration: configuration)
        }
        #expect(error?.code == .invalidOption)
    }

    private static let recordingTimes: [@Sendable (inout TranscriptionOptions, Duration) -> Void] = [
        { $0.queueTimeout = $1 }, { $0.progressTimeout = $1 }, { $0.maximumDuration = $1 },
        { $0.endpointing.silence = $1 },
    ]

    @Test(arguments: recordingTimes.indices)
    func aTimeBelowZeroIsRefusedForARecording(_ index: Int) async throws {
        gate.open()
        var options = TranscriptionOptions()
        Self.recordingTimes[index](&options, .milliseconds(-1))
        let refused = options
        let error = await #expect(throws: GigaSTTError.self) {
            _ = try await recognizer.transcribe(samples: [0], options: refused)
        }
        #expect(error?.code == .invalidOption)
    }

    private static let liveTimes: [@Sendable (inout LiveOptions, Duration) -> Void] = [
        { $0.finalTimeout = $1 }, { $0.endpointing.silence = $1 },
    ]

    @Test(arguments: liveTimes.indices)
    func aTimeBelowZeroIsRefusedForALiveStream(_ index: Int) throws {
        gate.open()
        var options = LiveOptions()
        Self.liveTimes[index](&options, .milliseconds(-1))
        let error = #expect(throws: GigaSTTError.self) { try recognizer.liveStream(options: options) }
        #expect(error?.code == .invalidOption)
    }
}

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

    @Test(arguments: [(0, 1), (1, 0), (-1, 1), (1_000_000, 1), (1, 1_000_000), (Int.max, Int.max)])
    func numbersOfThreadsThatMakeNoSenseAreRefused(workers: Int, threads: Int) async throws {
        gate.open()
        var configuration = RecognizerConfiguration()
        configuration.workerCount = workers
        configuration.threadsPerWorker = threads
        let error = await #expect(throws: GigaSTTError.self) {
            try await Recognizer(.demo, configuration: configuration)
        }
        #expect(error?.code == .invalidOption)
    }
}

import STTInference
import STTValues
import Synchronization
import TestSupport

@testable import STTRecognition

/// The built-in model, a queue of its own, and streams on it.
struct Booth {
    let decoder: WindowDecoder
    let queue: InferenceQueue

    init(workers: Int = 1, _ change: (inout InferenceQueue.Limits) -> Void = { _ in }) throws {
        decoder = WindowDecoder(model: try SpeechModel(ModelFiles(in: Repository.builtInModel)))
        var limits = InferenceQueue.Limits()
        limits.workers = workers
        change(&limits)
        queue = InferenceQueue(limits)
    }

    func stream(_ adjust: (inout StreamSettings) -> Void = { _ in }) -> RecognitionStream {
        var settings = StreamSettings()
        settings.finalLane = .final
        adjust(&settings)
        return RecognitionStream(decoder: decoder, queue: queue, settings: settings)
    }

    /// Keeps the worker busy until the gate is opened; returns when it is.
    func occupy() async -> Gate {
        let gate = Gate()
        queue.submit(.final, client: ClientID()) { _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
        return gate
    }
}

extension RecognitionStream {
    /// The events that are left.
    func rest() async throws -> [LiveEvent] {
        var events: [LiveEvent] = []
        while let event = try await next() { events.append(event.event) }
        return events
    }
}

/// A voice activity that counts as a model: the result of `answer` for each block.
struct ScriptedActivity: VoiceActivity {
    let answer: @Sendable (_ levels: [Float]) throws -> [Float]

    func runsModel(appending sampleCount: Int?) -> Bool { true }
    mutating func append(_ samples: [Float], levels: [Float]) throws -> [Float] { try answer(levels) }
    mutating func finish() throws -> [Float] { [] }
}

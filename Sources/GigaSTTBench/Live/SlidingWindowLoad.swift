import Foundation
import GigaSTT
import LiveBenchmark
import OnnxRuntime
import STTEncoderCache
import STTInference
import STTRecognition

/// The work that gigastt 2.3 does for a live stream, on our engine: after the first 2.5 s, every second of audio,
/// speech or not, costs a window of 2.3 s and one of 2.5 s. The second one is a final.
struct SlidingWindowLoad: Sendable {
    private let model: SpeechModel
    private let queue: InferenceQueue
    private let windows: [FeatureWindow]  // of 2.3 and 2.5 s
    private let seconds: Int

    /// Runs the encoder in the form in which `LoadOptions.liveLoad` left it.
    init(_ options: LoadOptions) throws {
        var files = try ModelFiles(in: options.folder.url)
        let runtime = RuntimeFingerprint(try OrtEnvironment.shared().library)
        if case .found(let prepared) = CacheFolder(EncoderCache.standard.url).find(files.encoder, for: runtime) {
            files = files.replacingEncoder(with: prepared.graph, kernels: prepared.kernels)
        }
        model = try SpeechModel(files)
        var limits = InferenceQueue.Limits()
        limits.workers = options.workerCount
        limits.waiting = PerLane(activity: 1, final: 4_096, partial: 1, file: 1)
        queue = InferenceQueue(limits)
        let speech = Talk(clips: try options.clips(), first: 0, seconds: 3).blocks.flatMap { $0 }
        windows = [36_800, 40_000].map { count in
            var frontEnd = LogMel()
            return FeatureWindow(values: frontEnd.append(Array(speech.prefix(count))).values)
        }
        seconds = options.seconds
    }

    /// How late the finals of `count` talkers came, in seconds.
    func finalDelays(_ count: Int) async throws -> [Double] {
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for index in 0..<count {
                let start = ContinuousClock.now + Talk.start(of: index, within: .seconds(3))
                group.addTask { try await talk(from: start) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func talk(from start: ContinuousClock.Instant) async throws -> [Double] {
        let client = ClientID()
        var delays: [Double] = []
        for second in 0..<seconds {
            for (window, offset) in zip(windows, [800, 1_000]) {
                let due = start + .seconds(second) + .milliseconds(offset)
                try await ContinuousClock().sleep(until: due)
                try await queue.run(WindowRun(model: model, window: window), in: .final, client: client)
                if offset == 1_000 { delays.append((ContinuousClock.now - due) / .seconds(1)) }
            }
        }
        return delays
    }
}

/// One window of the load.
private struct WindowRun: InferenceRequest {
    let model: SpeechModel
    let window: FeatureWindow

    func run(_ token: CancellationToken) throws {
        _ = try model.decode(window, cancellation: RunCancellation(in: model.environment))
    }
}

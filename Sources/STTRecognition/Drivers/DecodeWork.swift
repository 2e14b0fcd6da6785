package import STTInference
import STTValues

/// The decode of one window, as work for the queue.
///
/// With an encoder of floats that takes several windows it may run together with windows of other streams. Otherwise it
/// runs alone: the int8 encoders quantise dynamically, so in a batch the text would depend on what else is in it.
struct DecodeWork: InferenceRequest {
    let request: DecodeRequest
    let decoder: WindowDecoder
    /// Notes that a worker has begun.
    let watchdog: Watchdog?

    var batchKey: BatchKey? { decoder.batchKey }

    var paddedSize: Int { request.window.frameCount }

    func run(_ token: CancellationToken) throws -> [Reading] { try Self.run([(self, token)])[0].get() }

    static func run(_ batch: [(request: DecodeWork, token: CancellationToken)]) -> [Result<[Reading], any Error>] {
        guard let decoder = batch.first?.request.decoder else { return [] }
        for work in batch { work.request.watchdog?.note(.begun) }
        return decoder.readings(of: batch.map { ($0.request.request, $0.token) })
    }
}

/// The text passes over one segment.
struct FinishWork: InferenceRequest {
    let segment: Segment
    let finisher: SegmentFinisher
    /// Notes that a worker has begun.
    let watchdog: Watchdog?

    /// Takes next to no time beside a decode.
    var isTypical: Bool { false }

    func run(_ token: CancellationToken) throws -> Segment {
        watchdog?.note(.begun)
        return try finisher.finish(segment)
    }
}

/// One run of the model on silence, so that the first speech does not wait for memory to be prepared.
package struct WarmUp: InferenceRequest {
    private let decoder: WindowDecoder

    package init(_ decoder: WindowDecoder) { self.decoder = decoder }

    /// The first run takes several times as long as the next ones.
    package var isTypical: Bool { false }

    package func run(_ token: CancellationToken) throws { try decoder.warmUp(token: token) }
}

package import STTInference
import STTValues

/// The decode of one window, as work for the queue.
///
/// It runs alone: the int8 encoders quantise dynamically, so in a batch the text would depend on what else is in it.
struct DecodeWork: InferenceRequest {
    let request: DecodeRequest
    let decoder: WindowDecoder
    /// Notes that a worker has begun.
    let watchdog: Watchdog?

    func run(_ token: CancellationToken) throws -> [Reading] {
        watchdog?.note(.begun)
        return try decoder.readings(of: request, token: token)
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

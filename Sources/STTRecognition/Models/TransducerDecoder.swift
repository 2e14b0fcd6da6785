import OnnxRuntime
import STTValues

/// RNN-T heads: encoder, then greedy search with prediction network and joint.
struct TransducerDecoder: WindowDecoder {
    private let encoder: any Encoder
    private let networks: OnnxTransducer
    private let search: GreedyTransducer

    init(_ encoderGraph: LoadedGraph, _ files: ModelFiles.Networks, blank: Int) throws {
        let environment = encoderGraph.environment
        let encoder = try OnnxEncoder(encoderGraph)
        networks = try OnnxTransducer(
            prediction: LoadedGraph(files.prediction, options: .init(), in: environment),
            joint: LoadedGraph(files.joint, options: .init(), in: environment),
            encoderChannels: encoder.channelCount, blank: blank)
        search = GreedyTransducer(blank: blank)
        self.encoder = encoder
    }

    func decode(
        _ window: FeatureWindow, cancellation: RunCancellation, timing: inout DecodeTiming
    ) throws -> Hypothesis {
        let encoded = try timing.measure(\.encoder) { try encoder.encode(window, cancellation: cancellation) }
        return try timing.measure(\.search) {
            try search.search(encoded, frameCount: encoded.frameCount, with: networks) { cancellation.isCancelled }
        }
    }

    func scoreCount() throws -> Int { try networks.scoreCount() }
}

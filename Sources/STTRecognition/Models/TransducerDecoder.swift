import OnnxRuntime
import STTValues

/// RNN-T heads: encoder, then greedy search with prediction network and joint.
struct TransducerDecoder: WindowDecoder {
    private let encoder: any Encoder
    private let networks: Networks
    private let search: GreedyTransducer

    /// Our own code runs the networks of all published models; ONNX Runtime whatever else fits between encoder and
    /// search.
    private enum Networks {
        case packed(PackedTransducer)
        case graphs(OnnxTransducer)
    }

    init(_ encoderGraph: LoadedGraph, _ files: ModelFiles.Networks, blank: Int) throws {
        let encoder = try OnnxEncoder(encoderGraph)
        if let packed = PackedTransducer(files, blank: blank),
            packed.channelCount == encoder.channelCount ?? packed.channelCount
        {
            networks = .packed(packed)
        } else {
            let environment = encoderGraph.environment
            networks = .graphs(
                try OnnxTransducer(
                    prediction: LoadedGraph(files.prediction, options: .init(), in: environment),
                    joint: LoadedGraph(files.joint, options: .init(), in: environment),
                    encoderChannels: encoder.channelCount, blank: blank))
        }
        search = GreedyTransducer(blank: blank)
        self.encoder = encoder
    }

    func decode(
        _ window: FeatureWindow, cancellation: RunCancellation, timing: inout DecodeTiming
    ) throws -> Hypothesis {
        let encoded = try timing.measure(\.encoder) { try encoder.encode(window, cancellation: cancellation) }
        return try timing.measure(\.search) { try search(encoded) { cancellation.isCancelled } }
    }

    private func search(_ encoded: EncodedFrames, isCancelled: () -> Bool) throws -> Hypothesis {
        switch networks {
        case .packed(let networks):
            try search.search(
                networks.frames(encoded), frameCount: encoded.frameCount, with: networks, isCancelled: isCancelled)
        case .graphs(let networks):
            try search.search(encoded, frameCount: encoded.frameCount, with: networks, isCancelled: isCancelled)
        }
    }

    func scoreCount() throws -> Int {
        switch networks {
        case .packed(let networks): networks.tokenCount
        case .graphs(let networks): try networks.scoreCount()
        }
    }
}

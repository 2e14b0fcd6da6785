import OnnxRuntime
import STTInference
import STTValues

/// RNN-T heads: encoder, then a search with prediction network and joint.
struct TransducerDecoder: HeadDecoder {
    private let encoder: any Encoder
    private let networks: Networks
    private let blank: Int

    /// Our own code runs the networks of all published models; ONNX Runtime whatever else fits between encoder and
    /// search.
    private enum Networks {
        case native(NativeTransducer)
        case graphs(OnnxTransducer)
    }

    init(
        _ encoder: any Encoder, _ files: ModelFiles.Networks, blank: Int, in environment: OrtEnvironment
    ) throws {
        if let native = NativeTransducer(files, blank: blank),
            native.channelCount == encoder.channelCount ?? native.channelCount
        {
            networks = .native(native)
        } else {
            networks = .graphs(
                try OnnxTransducer(
                    prediction: LoadedGraph(files.prediction, options: .init(), in: environment),
                    joint: LoadedGraph(files.joint, options: .init(), in: environment),
                    encoderChannels: encoder.channelCount, blank: blank))
        }
        self.blank = blank
        self.encoder = encoder
    }

    func decode(_ tasks: [WindowTask], cancellation: RunCancellation) -> [WindowOutcome] {
        var shared = DecodeTiming()
        let encoded = Result {
            try shared.measure(\.encoder) { try encoder.encode(tasks.map(\.window), cancellation: cancellation) }
        }
        shared.encoder /= tasks.count
        return tasks.enumerated().map { index, task in
            var timing = shared
            let result = Result {
                let frames = try encoded.get()[index]
                return try timing.measure(\.search) {
                    try hypotheses(frames, search(task.options), task.options) {
                        cancellation.isCancelled || task.token.isCancelled
                    }
                }
            }
            return WindowOutcome(result: result, timing: timing)
        }
    }

    private func search(_ options: DecodeOptions) -> any TransducerSearch {
        if options.hypothesisCount > 1 { return BeamTransducer(blank: blank, width: 2 * options.hypothesisCount) }
        if let bias = options.bias { return PhraseTransducer(blank: blank, bias: bias) }
        return GreedyTransducer(blank: blank)
    }

    private func hypotheses(
        _ encoded: EncodedFrames, _ search: any TransducerSearch, _ options: DecodeOptions, isCancelled: () -> Bool
    ) throws -> [Hypothesis] {
        switch networks {
        case .native(let networks):
            try search.hypotheses(
                networks.frames(encoded), frameCount: encoded.frameCount, with: networks, options: options,
                isCancelled: isCancelled)
        case .graphs(let networks):
            try search.hypotheses(
                encoded, frameCount: encoded.frameCount, with: networks, options: options, isCancelled: isCancelled)
        }
    }

    func searchedFrames(
        _ window: FeatureWindow, cancellation: RunCancellation
    ) throws -> (values: [Float], frameCount: Int) {
        let encoded = try encoder.encode(window, cancellation: cancellation)
        guard case .native(let networks) = networks else {
            // The graph of the joint projects by itself.
            return (try encoded.frames.withElements { Array($0) }, encoded.frameCount)
        }
        let frames = try networks.frames(encoded)
        let values = UnsafeBufferPointer(start: frames.projections.start, count: frames.width * frames.frameCount)
        return (withExtendedLifetime(frames) { Array(values) }, frames.frameCount)
    }

    func scoreCount() throws -> Int {
        switch networks {
        case .native(let networks): networks.tokenCount
        case .graphs(let networks): try networks.scoreCount()
        }
    }
}

import OnnxRuntime
import STTValues

/// CTC heads: one graph from features to token scores, `[1, frame, token]`.
struct CTCDecoder: HeadDecoder {
    private let environment: OrtEnvironment
    private let session: OrtSession
    private let blank: Int
    private let vocabularySize: Int
    private let geometry: ModelGeometry

    init(_ graph: LoadedGraph, _ vocabulary: Vocabulary, _ geometry: ModelGeometry) throws {
        self.geometry = geometry
        // Some exports lack the second output, the number of valid frames.
        let lengths: [LoadedGraph.Port] = graph.session.outputs.count > 1 ? [.integers(rank: 1)] : []
        try graph.require(inputs: [.floats(rank: 3), .integers(rank: 1)], outputs: [.floats(rank: 3)] + lengths)
        session = graph.session
        environment = graph.environment
        (blank, vocabularySize) = (vocabulary.blank, vocabulary.count)
    }

    func decode(_ tasks: [WindowTask], cancellation: RunCancellation) -> [WindowOutcome] {
        tasks.map { task in
            var timing = DecodeTiming()
            let result = Result { try decode(task.window, task.options, cancellation, &timing) }
            return WindowOutcome(result: result, timing: timing)
        }
    }

    private func decode(
        _ window: FeatureWindow, _ options: DecodeOptions, _ cancellation: RunCancellation,
        _ timing: inout DecodeTiming
    ) throws -> [Hypothesis] {
        let outputs = try timing.measure(\.encoder) { try run(window, cancellation) }
        let frameCount =
            outputs.count > 1
            ? try outputs[1].firstInteger() : geometry.encoderFrames(features: window.frameCount)
        return try timing.measure(\.search) {
            try outputs[0].withElements(of: Float.self) { [search($0, frameCount, options)] }
        }
    }

    private func search(
        _ scores: UnsafeBufferPointer<Float>, _ frameCount: Int, _ options: DecodeOptions
    ) -> Hypothesis {
        if let bias = options.bias {
            return PhraseCTC(blank: blank, vocabularySize: vocabularySize, bias: bias)
                .search(scores, frameCount: frameCount)
        }
        return GreedyCTC(blank: blank, vocabularySize: vocabularySize).search(scores, frameCount: frameCount)
    }

    func searchedFrames(
        _ window: FeatureWindow, cancellation: RunCancellation
    ) throws -> (values: [Float], frameCount: Int) {
        let scores = try run(window, cancellation)[0]
        return (try scores.withElements { Array($0) }, scores.shape.count == 3 ? scores.shape[1] : 0)
    }

    func scoreCount() throws -> Int {
        let bands = geometry.bandCount
        let silence = FeatureWindow(values: [Float](repeating: -20, count: 100 * bands), bandCount: bands)
        return try run(silence, RunCancellation(in: environment))[0].shape.last ?? 0
    }

    private func run(_ window: FeatureWindow, _ cancellation: RunCancellation) throws(OrtError) -> [Tensor] {
        try session.run(
            [[window].tensor(for: session), [window].lengthTensor(for: session)], cancellation: cancellation)
    }
}

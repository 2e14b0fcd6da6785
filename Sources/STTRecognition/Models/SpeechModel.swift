import Foundation
package import OnnxRuntime
package import STTInference
package import STTValues

/// A whole model: one window of features to tokens. Immutable and shared by all streams.
package struct SpeechModel: Sendable {
    package let head: RecognitionHead
    package let isQuantized: Bool
    package let vocabulary: Vocabulary
    /// How the model sees audio.
    package let geometry = ModelGeometry.gigaAM
    package let environment: OrtEnvironment
    private let decoder: any HeadDecoder
    /// The instructions of the kernels that run the encoder; `nil` when ONNX Runtime does.
    package let encoderKernels: String?

    /// Loads the files of a model and checks that they belong together.
    ///
    /// - Parameters:
    ///   - helperCount: threads that help the kernels with a window while no other is encoded.
    ///   - takesBatches: whether the encoder is to take several windows in one run, which is tested.
    ///
    /// Throws `runtimeMissing`, `modelDamaged`, `modelUnsupported`. Cost: a few hundred milliseconds for 225 MB.
    package init(
        _ files: ModelFiles, options: SessionOptions = .init(), helperCount: Int = 0, takesBatches: Bool = false
    ) throws {
        do {
            environment = try OrtEnvironment.shared()
        } catch {
            throw GigaSTTError(.runtimeMissing, error.message, detail: error.detail)
        }
        head = files.head
        isQuantized = files.isQuantized
        vocabulary = try Vocabulary(contentsOf: files.vocabulary)
        let environment = environment
        func graph() throws -> LoadedGraph { try LoadedGraph(files.encoder, options: options, in: environment) }
        var kernels: KernelEncoder?
        if let networks = files.networks {
            kernels = files.kernels.flatMap { KernelEncoder(contentsOf: $0, helperCount: helperCount, in: environment) }
            let encoder: any Encoder = if let kernels { kernels } else { try OnnxEncoder(graph()) }
            if takesBatches, try !encoder.encodesBatches(in: environment) {
                throw GigaSTTError(
                    .modelUnsupported,
                    "\(files.encoder.lastPathComponent) does not encode several windows at once. Make it again with "
                        + "`gigastt quantize --form batch --force`, or remove it.")
            }
            decoder = try TransducerDecoder(encoder, networks, blank: vocabulary.blank, in: environment)
        } else {
            decoder = try CTCDecoder(graph(), vocabulary, geometry)
        }
        encoderKernels = kernels?.instructions
        let scoreCount: Int
        do {
            scoreCount = try decoder.scoreCount()
        } catch let error as OrtError {
            throw GigaSTTError(
                .modelUnsupported, "The model cannot be run. Run `gigastt download` to get it again.",
                detail: error.detail)
        }
        guard scoreCount == vocabulary.count else {
            throw GigaSTTError(
                .modelDamaged,
                "\(files.vocabulary.lastPathComponent) lists \(vocabulary.count) tokens, but the model scores "
                    + "\(scoreCount): it is the vocabulary of another head. Run `gigastt download` to get it again.")
        }
    }

    /// The front end of the model at its first sample.
    package func frontEnd(_ precision: MelPrecision) -> any FrontEnd { LogMel(precision: precision) }

    /// Recognises one window: the best hypothesis. Blocks; `cancellation` ends it within one operator of the graph.
    ///
    /// Throws `CancellationError` or `inferenceFailed`.
    package func decode(_ window: FeatureWindow, cancellation: RunCancellation) throws -> Hypothesis {
        var timing = DecodeTiming()
        return try decode(window, cancellation: cancellation, timing: &timing)
    }

    /// Recognises one window and adds the time it took to `timing`.
    package func decode(
        _ window: FeatureWindow, cancellation: RunCancellation, timing: inout DecodeTiming
    ) throws -> Hypothesis {
        try hypotheses(window, options: DecodeOptions(), cancellation: cancellation, timing: &timing)[0]
    }

    /// What the search reads of a window: encoder frames after the joint's projection, or a CTC head's scores, frame by
    /// frame. For measuring encoders against each other. Blocks as `decode` does.
    ///
    /// Throws `OrtError`.
    package func searchedFrames(_ window: FeatureWindow) throws -> (values: [Float], frameCount: Int) {
        try decoder.searchedFrames(window, cancellation: RunCancellation(in: environment))
    }

    /// Recognises one window as `options` ask: at least one hypothesis, the best one first. A CTC head gives one.
    package func hypotheses(
        _ window: FeatureWindow, options: DecodeOptions, cancellation: RunCancellation, timing: inout DecodeTiming
    ) throws -> [Hypothesis] {
        let task = WindowTask(window: window, options: options, token: CancellationToken())
        let outcome = hypotheses([task], cancellation: cancellation)[0]
        timing.encoder += outcome.timing.encoder
        timing.search += outcome.timing.search
        return try outcome.result.get()
    }

    /// Recognises windows in one run of the encoder; each has the outcome that it has alone, in their order. What one window
    /// fails on, and a token that is cancelled, do not touch the others. Blocks; `cancellation` ends the run for all.
    package func hypotheses(_ tasks: [WindowTask], cancellation: RunCancellation) -> [WindowOutcome] {
        let empty = WindowOutcome(result: .success([Hypothesis(tokens: [], frameCount: 0)]), timing: DecodeTiming())
        let filled = tasks.filter { $0.window.frameCount > 0 }
        var found = (filled.isEmpty ? [] : decode(filled, cancellation))[...]
        return tasks.map { $0.window.frameCount > 0 ? found.popFirst() ?? empty : empty }
    }

    private func decode(_ tasks: [WindowTask], _ cancellation: RunCancellation) -> [WindowOutcome] {
        zip(tasks, decoder.decode(tasks, cancellation: cancellation)).map { task, outcome in
            guard case .failure(let error) = outcome.result, let error = error as? OrtError else { return outcome }
            if error.code == .cancelled || task.token.isCancelled {
                return WindowOutcome(result: .failure(CancellationError()), timing: outcome.timing)
            }
            // Another window of the run may be the cause.
            if tasks.count > 1 { return decode([task], cancellation)[0] }
            let failure = GigaSTTError(.inferenceFailed, "The model failed on this audio.", detail: error.detail)
            return WindowOutcome(result: .failure(failure), timing: outcome.timing)
        }
    }
}

/// A window of a run, and what is asked of it.
package struct WindowTask: Sendable {
    let window: FeatureWindow
    let options: DecodeOptions
    /// Ends the search of this window; the others of the run go on.
    let token: CancellationToken

    package init(window: FeatureWindow, options: DecodeOptions = DecodeOptions(), token: CancellationToken) {
        (self.window, self.options, self.token) = (window, options, token)
    }
}

/// What came of a window: at least one hypothesis, the best one first; and the time that it took, a share of the encoder's
/// where several windows were encoded together.
package struct WindowOutcome: Sendable {
    package let result: Result<[Hypothesis], any Error>
    package let timing: DecodeTiming
}

/// The path from features to tokens of one family of heads.
protocol HeadDecoder: Sendable {
    /// One outcome for each window, none of which is empty.
    func decode(_ tasks: [WindowTask], cancellation: RunCancellation) -> [WindowOutcome]
    /// Number of token scores per step, found by running the model once.
    func scoreCount() throws -> Int
    /// The frames that the search reads of a window, one after the other.
    func searchedFrames(
        _ window: FeatureWindow, cancellation: RunCancellation
    ) throws -> (values: [Float], frameCount: Int)
}

import OnnxRuntime
package import STTInference
import STTValues

/// One window to words: the only function that turns features into text, for finals and partials, live and file.
package struct WindowDecoder: Sendable {
    package let model: SpeechModel
    /// The time of all decodes, and of the front ends of the streams that use this decoder.
    package let timing = TimingTotal()
    private let assembler: WordAssembler

    package init(model: SpeechModel) {
        self.model = model
        assembler = WordAssembler(vocabulary: model.vocabulary, geometry: model.geometry)
    }

    /// Runs the model on a second of silence. Blocks, and throws, like `readings`.
    package func warmUp(token: CancellationToken) throws {
        // About the logarithm of 1e-9, the floor of the features.
        let bands = model.geometry.bandCount
        let values = [Float](repeating: -20.7, count: model.geometry.featureFramesPerSecond * bands)
        let cancellation = try RunCancellation(in: model.environment)
        _ = try token.onCancel({ cancellation.cancel() }) {
            try model.decode(FeatureWindow(values: values, bandCount: bands), cancellation: cancellation)
        }
    }

    /// The readings of the window that `request.options` ask for, at least one, the best one first. Blocks; a cancelled
    /// `token` ends it within one operator of the encoder.
    ///
    /// Throws `CancellationError`, or `GigaSTTError` with `inferenceFailed`.
    package func readings(of request: DecodeRequest, token: CancellationToken) throws -> [Reading] {
        try hypotheses(of: request, token: token).map { hypothesis in
            var words = assembler.words(hypothesis.tokens, offset: request.encoderOffset)
            if request.options.wordEnds == .spoken {
                let firstFrame = request.encoderOffset * model.geometry.stride
                SpokenEnds.move(&words, in: request.window, firstFrame: firstFrame, model.geometry)
            }
            return Reading(words: words, score: Double(hypothesis.score))
        }
    }

    private func hypotheses(of request: DecodeRequest, token: CancellationToken) throws -> [Hypothesis] {
        let cancellation = try RunCancellation(in: model.environment)
        var timing = DecodeTiming()
        defer { self.timing.add(timing) }
        return try token.onCancel({ cancellation.cancel() }) {
            try model.hypotheses(
                request.window, options: request.options, cancellation: cancellation, timing: &timing)
        }
    }
}

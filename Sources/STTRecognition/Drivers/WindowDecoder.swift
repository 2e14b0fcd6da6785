import OnnxRuntime
package import STTInference
import STTValues

/// One window to words: the only function that turns features into text, for finals and partials, live and file.
package struct WindowDecoder: Sendable {
    package let model: SpeechModel
    /// The time of all decodes, and of the front ends of the streams that use this decoder.
    package let timing = TimingTotal()
    private let assembler: WordAssembler
    /// The head that writes marks, capitals and digits for fusion; `nil`: none is loaded.
    private let writer: (model: SpeechModel, assembler: WordAssembler)?

    package init(model: SpeechModel, writer: SpeechModel? = nil) {
        self.model = model
        assembler = WordAssembler(vocabulary: model.vocabulary, geometry: model.geometry)
        self.writer = writer.map { ($0, WordAssembler(vocabulary: $0.vocabulary, geometry: $0.geometry)) }
    }

    /// Whether finals can be fused.
    package var canFuse: Bool { writer != nil }

    /// Runs the model on a second of silence. Blocks, and throws, like `readings`.
    package func warmUp(token: CancellationToken) throws {
        // About the logarithm of 1e-9, the floor of the features.
        let bands = model.geometry.bandCount
        let values = [Float](repeating: -20.7, count: model.geometry.featureFramesPerSecond * bands)
        let cancellation = try RunCancellation(in: model.environment)
        let window = FeatureWindow(values: values, bandCount: bands)
        try token.onCancel({ cancellation.cancel() }) {
            for model in [model, writer?.model].compactMap(\.self) {
                _ = try model.decode(window, cancellation: cancellation)
            }
        }
    }

    /// The readings of the window that `request.options` ask for, at least one, the best one first. Blocks; a cancelled
    /// `token` ends it within one operator of the encoder.
    ///
    /// Throws `CancellationError`, or `GigaSTTError` with `inferenceFailed`.
    package func readings(of request: DecodeRequest, token: CancellationToken) throws -> [Reading] {
        let readings = try hypotheses(of: request, token: token).map { hypothesis in
            var words = assembler.words(hypothesis.tokens, offset: request.encoderOffset)
            if request.options.wordEnds == .spoken {
                let firstFrame = request.encoderOffset * model.geometry.stride
                SpokenEnds.move(&words, in: request.window, firstFrame: firstFrame, model.geometry)
            }
            if let calibration = request.options.calibration {
                for index in words.indices { words[index].confidence = calibration(words[index].confidence) }
            }
            return Reading(words: words, score: Double(hypothesis.score))
        }
        guard request.options.fuses, request.purpose == .final, let writer else { return readings }
        return try fuse(readings, by: writer.model, writer.assembler, of: request, token: token)
    }

    /// The readings, each with what the other head writes for its words. Costs a second run of an encoder.
    private func fuse(
        _ readings: [Reading], by model: SpeechModel, _ assembler: WordAssembler, of request: DecodeRequest,
        token: CancellationToken
    ) throws -> [Reading] {
        guard readings.contains(where: { !$0.words.isEmpty }) else { return readings }
        let cancellation = try RunCancellation(in: model.environment)
        var timing = DecodeTiming()
        defer { self.timing.add(timing, for: request.encoderPurpose) }
        let written = try token.onCancel({ cancellation.cancel() }) {
            try model.decode(request.window, cancellation: cancellation, timing: &timing)
        }
        let marked = assembler.words(written.tokens, offset: request.encoderOffset)
        return readings.map { Reading(words: HeadFusion.fuse($0.words, with: marked), score: $0.score) }
    }

    private func hypotheses(of request: DecodeRequest, token: CancellationToken) throws -> [Hypothesis] {
        let cancellation = try RunCancellation(in: model.environment)
        var timing = DecodeTiming()
        defer { self.timing.add(timing, for: request.encoderPurpose) }
        return try token.onCancel({ cancellation.cancel() }) {
            try model.hypotheses(
                request.window, options: request.options, cancellation: cancellation, timing: &timing)
        }
    }
}

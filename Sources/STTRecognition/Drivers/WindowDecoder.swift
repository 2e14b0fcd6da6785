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
    private let batchLimit: Int

    /// Frames of a run of several windows, padding included: as many as eight windows of the longest utterance have. It
    /// bounds the memory of a run; the scores of attention take 180 MB then.
    private static let mostFrames = 8 * 2_400

    /// - Parameter batchLimit: the most windows that one run encodes; more than one only with a model that takes batches.
    package init(model: SpeechModel, writer: SpeechModel? = nil, batchLimit: Int = 1) {
        self.model = model
        self.batchLimit = batchLimit
        assembler = WordAssembler(vocabulary: model.vocabulary, geometry: model.geometry)
        self.writer = writer.map { ($0, WordAssembler(vocabulary: $0.vocabulary, geometry: $0.geometry)) }
    }

    /// Which windows may be encoded in one run; `nil` when each is encoded alone.
    var batchKey: BatchKey? {
        batchLimit > 1 ? BatchKey(backend: timing, limit: batchLimit, paddedLimit: Self.mostFrames) : nil
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

    /// The readings of each window that its `options` ask for, at least one, the best one first; all windows are encoded in
    /// one run. Blocks; it ends within one operator of the encoder when all tokens are cancelled.
    ///
    /// Failures are `CancellationError`, or `GigaSTTError` with `inferenceFailed`.
    package func readings(
        of batch: [(request: DecodeRequest, token: CancellationToken)]
    ) -> [Result<[Reading], any Error>] {
        let cancellation: RunCancellation
        do {
            cancellation = try RunCancellation(in: model.environment)
        } catch {
            return batch.map { _ in .failure(error) }
        }
        let tasks = batch.map { item in
            WindowTask(window: item.request.window, options: item.request.options, token: item.token)
        }
        let outcomes = CancellationToken.onCancel(ofAll: batch.map(\.token), { cancellation.cancel() }) {
            model.hypotheses(tasks, cancellation: cancellation)
        }
        return zip(batch, outcomes).map { item, outcome in
            timing.add(outcome.timing, for: item.request.encoderPurpose)
            return Result { try readings(outcome.result.get(), of: item.request, token: item.token) }
        }
    }

    private func readings(
        _ hypotheses: [Hypothesis], of request: DecodeRequest, token: CancellationToken
    ) throws -> [Reading] {
        let readings = hypotheses.map { hypothesis in
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
}

package import STTValues

/// How the files of a head are called: the names of gigastt and, for what only onnx-asr has, of onnx-asr.
package struct ModelNames: Sendable, Hashable {
    package let encoder: String
    /// In order of preference: gigastt writes `_int8`, the published exports `.int8`.
    package let quantizedEncoders: [String]
    /// One that takes several windows at once.
    package let batchEncoder: String?
    /// The same in halves.
    package let halfBatchEncoder: String?
    package let prediction: String?
    package let joint: String?
    package let vocabulary: String

    package init(
        encoder: String, quantizedEncoders: [String], batchEncoder: String? = nil, halfBatchEncoder: String? = nil,
        prediction: String?, joint: String?, vocabulary: String
    ) {
        self.encoder = encoder
        self.quantizedEncoders = quantizedEncoders
        self.batchEncoder = batchEncoder
        self.halfBatchEncoder = halfBatchEncoder
        self.prediction = prediction
        self.joint = joint
        self.vocabulary = vocabulary
    }

    package init(_ head: RecognitionHead) {
        switch head {
        case .rnnt: self.init(transducer: "v3_rnnt", vocabulary: "v3_vocab.txt")
        case .e2eRNNT: self.init(transducer: "v3_e2e_rnnt", vocabulary: "v3_e2e_rnnt_vocab.txt")
        case .ctc: self.init(stem: "v3_ctc", vocabulary: "v3_vocab.txt")
        case .e2eCTC: self.init(stem: "v3_e2e_ctc", vocabulary: "v3_e2e_ctc_vocab.txt")
        case .multilingualCTC: self.init(stem: "multilingual_ctc", vocabulary: "multilingual_vocab.txt")
        case .multilingualLargeCTC: self.init(stem: "multilingual_large_ctc", vocabulary: "multilingual_vocab.txt")
        }
    }

    package var encoders: [String] { quantizedEncoders + [encoder] }

    private init(transducer stem: String, vocabulary: String) {
        self.init(
            encoder: "\(stem)_encoder.onnx",
            quantizedEncoders: ["\(stem)_encoder_int8.onnx", "\(stem)_encoder.int8.onnx"],
            batchEncoder: "\(stem)_encoder_batch.onnx", halfBatchEncoder: "\(stem)_encoder_batch_fp16.onnx",
            prediction: "\(stem)_decoder.onnx", joint: "\(stem)_joint.onnx", vocabulary: vocabulary)
    }

    private init(stem: String, vocabulary: String) {
        self.init(
            encoder: "\(stem).onnx", quantizedEncoders: ["\(stem).int8.onnx", "\(stem)_int8.onnx"],
            prediction: nil, joint: nil, vocabulary: vocabulary)
    }
}

import STTRecognition
import STTValues
import Testing

/// The names are those of gigastt and of the published exports.
@Suite struct ModelNamesTests {
    @Test func headsAreLookedForInOneOrder() {
        let names = RecognitionHead.allCases.map(\.rawValue)
        #expect(names == ["rnnt", "e2e_rnnt", "ml_ctc", "ml_ctc_large", "ctc", "e2e_ctc"])
    }

    @Test(arguments: [
        (RecognitionHead.rnnt, "v3_rnnt", "v3_vocab.txt"), (.e2eRNNT, "v3_e2e_rnnt", "v3_e2e_rnnt_vocab.txt"),
    ])
    func transducersHaveThreeGraphs(head: RecognitionHead, stem: String, vocabulary: String) {
        let names = ModelNames(head)
        #expect(names.encoders == ["\(stem)_encoder_int8.onnx", "\(stem)_encoder.int8.onnx", "\(stem)_encoder.onnx"])
        #expect(names.prediction == "\(stem)_decoder.onnx")
        #expect(names.joint == "\(stem)_joint.onnx")
        #expect(names.vocabulary == vocabulary)
    }

    @Test(arguments: [
        (RecognitionHead.ctc, "v3_ctc", "v3_vocab.txt"), (.e2eCTC, "v3_e2e_ctc", "v3_e2e_ctc_vocab.txt"),
        (.multilingualCTC, "multilingual_ctc", "multilingual_vocab.txt"),
        (.multilingualLargeCTC, "multilingual_large_ctc", "multilingual_vocab.txt"),
    ])
    func ctcHeadsHaveOneGraph(head: RecognitionHead, stem: String, vocabulary: String) {
        let names = ModelNames(head)
        #expect(names.encoders == ["\(stem).int8.onnx", "\(stem)_int8.onnx", "\(stem).onnx"])
        #expect(names.prediction == nil)
        #expect(names.joint == nil)
        #expect(names.vocabulary == vocabulary)
    }
}

import Foundation
import GigaSTTDownload
import STTValues
import Testing

@Suite("Catalogue")
struct CatalogTests {
    static let standard = ModelCatalog.standard

    @Test(arguments: [
        (
            ModelSelection(.rnnt),
            ["v3_vocab.txt", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx", "v3_rnnt_encoder_int8.onnx"]
        ),
        (
            ModelSelection(.rnnt, encoder: .float),
            ["v3_vocab.txt", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx", "v3_rnnt_encoder.onnx"]
        ),
        (
            ModelSelection(.e2eRNNT),
            [
                "v3_e2e_rnnt_vocab.txt", "v3_e2e_rnnt_decoder.onnx", "v3_e2e_rnnt_joint.onnx",
                "v3_e2e_rnnt_encoder_int8.onnx",
            ]
        ),
        (ModelSelection(.multilingualCTC), ["multilingual_vocab.txt", "multilingual_ctc.int8.onnx"]),
        (ModelSelection(.multilingualLargeCTC), ["multilingual_vocab.txt", "multilingual_large_ctc.int8.onnx"]),
        (
            ModelSelection(nil, extras: [.voiceActivity, .speaker, .punctuation]),
            [
                "vad/silero_vad.onnx", "punct/config.json", "punct/tokenizer.json", "punct/rupunct_small_int8.onnx",
                "wespeaker_resnet34.onnx",
            ]
        ),
    ])
    func eachSelectionHasItsFiles(selection: ModelSelection, paths: [String]) throws {
        #expect(try Self.standard.files(for: selection).map(\.path) == paths)
    }

    @Test(arguments: [
        ModelSelection(.ctc), ModelSelection(.e2eCTC), ModelSelection(.multilingualCTC, encoder: .float),
    ])
    func whatIsNotPublishedIsAnError(selection: ModelSelection) {
        let error = #expect(throws: DownloadError.self) { try Self.standard.files(for: selection) }
        #expect(error?.code == .notPublished)
    }

    @Test func everyFileHasASourceAndAPinOfItsOwn() {
        let files = Self.standard.allFiles
        #expect(files.count == 18)
        #expect(Set(files.map(\.path)).count == files.count)
        #expect(Set(files.map(\.sha256)).count == files.count)
        for file in files {
            #expect(file.sha256.count == 64 && file.sha256.allSatisfy { "0123456789abcdef".contains($0) })
            #expect(file.source.hasPrefix("https://") && URL(string: file.source) != nil)
            #expect(!file.path.contains("..") && !file.path.hasPrefix("/"))
        }
    }

    @Test func thePinOfTheVocabularyIsThatOfTheRussianLetters() throws {
        let file = try #require(Self.standard.allFiles.first { $0.path == TestFile.vocabulary })
        #expect(try file.sha256 == ModelServer.shared.digest(TestFile.vocabulary))
        #expect(file.size == .exactly(Int64(TestFile.content(TestFile.vocabulary).count)))
    }
}

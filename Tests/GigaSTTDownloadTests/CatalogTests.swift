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
            ModelSelection(.rnnt, encoder: .form(.matmul)),
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
        ModelSelection(.multilingualCTC, encoder: .form(.matmul)),
    ])
    func whatIsNotPublishedIsAnError(selection: ModelSelection) {
        let error = #expect(throws: DownloadError.self) { try Self.standard.files(for: selection) }
        #expect(error?.code == .notPublished)
    }

    @Test func everyFileHasASourceAndAPinOfItsOwn() {
        let files = Self.standard.allFiles
        #expect(files.count == 20)
        // An encoder in two forms has one path.
        #expect(Set(files.map(\.path)).count == 18)
        #expect(Set(files.map(\.sha256)).count == files.count)
        for file in files {
            #expect(file.sha256.count == 64 && file.sha256.allSatisfy { "0123456789abcdef".contains($0) })
            #expect(file.source.hasPrefix("https://") && URL(string: file.source) != nil)
            #expect(!file.path.contains("..") && !file.path.hasPrefix("/"))
        }
    }

    /// The pins as gigastt has them for its release of October 2026 (`docs/quantization.md` there).
    @Test(arguments: [
        (
            RecognitionHead.rnnt, "v3_rnnt_encoder_int8.onnx",
            "1d5a6f580b692e38ba35ed98d0f54648808f27b0a147dc11bd8978c15dc1a18f"
        ),
        (
            .e2eRNNT, "v3_e2e_rnnt_encoder_int8.onnx",
            "16805903b102d8b27bb0253de044f25e33a8a5bf07fce0c4da4ac1a5a7544091"
        ),
    ])
    func theFormMatmulIsThatOfOctober(head: RecognitionHead, name: String, pin: String) throws {
        let selected = try Self.standard.files(for: ModelSelection(head, encoder: .form(.matmul)))
        let file = try #require(selected.last)
        #expect(file.path == name && file.sha256 == pin && file.form == .matmul)
        #expect(
            file.source == "https://github.com/ekhodzitsky/gigastt/releases/download/models-v3-2026-10-09/\(name)")
        // 305 MiB, as published.
        guard case .atMost(let limit) = file.size else { return #expect(Bool(false)) }
        #expect(limit > 305 << 20 && abs(file.estimatedByteCount - 305 << 20) < 1 << 20)
        #expect(try Self.standard.files(for: ModelSelection(head, encoder: .form(.reference))).last?.form == .reference)
    }

    @Test func thePinOfTheVocabularyIsThatOfTheRussianLetters() throws {
        let file = try #require(Self.standard.allFiles.first { $0.path == TestFile.vocabulary })
        #expect(try file.sha256 == ModelServer.shared.digest(TestFile.vocabulary))
        #expect(file.size == .exactly(Int64(TestFile.content(TestFile.vocabulary).count)))
    }
}

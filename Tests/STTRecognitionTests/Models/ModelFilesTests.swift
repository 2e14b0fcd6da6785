import Foundation
import STTRecognition
import STTValues
import TestSupport
import Testing

/// Cases 321–332 of the gigastt contract.
@Suite struct ModelFilesTests {
    static let rnnt = ["v3_rnnt_encoder.onnx", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx", "v3_vocab.txt"]
    static let e2e = [
        "v3_e2e_rnnt_encoder_int8.onnx", "v3_e2e_rnnt_decoder.onnx", "v3_e2e_rnnt_joint.onnx", "v3_e2e_rnnt_vocab.txt",
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        let files: [String]
        var asked: RecognitionHead?
        let head: RecognitionHead
        let encoder: String
        let isQuantized: Bool
        var testDescription: String { "\(encoder) of \(files.count) files, asked for \(asked?.rawValue ?? "nothing")" }
    }

    static let cases = [
        Case(files: rnnt, head: .rnnt, encoder: "v3_rnnt_encoder.onnx", isQuantized: false),
        Case(files: e2e, head: .e2eRNNT, encoder: "v3_e2e_rnnt_encoder_int8.onnx", isQuantized: true),
        Case(files: e2e + rnnt, head: .rnnt, encoder: "v3_rnnt_encoder.onnx", isQuantized: false),
        Case(
            files: e2e + rnnt, asked: .e2eRNNT, head: .e2eRNNT, encoder: "v3_e2e_rnnt_encoder_int8.onnx",
            isQuantized: true),
        Case(
            files: rnnt + ["v3_rnnt_encoder_int8.onnx"], head: .rnnt, encoder: "v3_rnnt_encoder_int8.onnx",
            isQuantized: true),
        Case(
            files: rnnt + ["v3_rnnt_encoder.int8.onnx"], head: .rnnt, encoder: "v3_rnnt_encoder.int8.onnx",
            isQuantized: true),
        Case(
            files: rnnt + ["v3_rnnt_encoder.int8.onnx", "v3_rnnt_encoder_int8.onnx"], head: .rnnt,
            encoder: "v3_rnnt_encoder_int8.onnx", isQuantized: true),
        Case(files: ["v3_ctc.onnx", "v3_vocab.txt"], head: .ctc, encoder: "v3_ctc.onnx", isQuantized: false),
        Case(
            files: ["v3_ctc.onnx", "v3_ctc_int8.onnx", "v3_ctc.int8.onnx", "v3_vocab.txt"], head: .ctc,
            encoder: "v3_ctc.int8.onnx", isQuantized: true),
        Case(
            files: ["v3_ctc.onnx", "v3_e2e_ctc.onnx", "v3_e2e_ctc_vocab.txt"], asked: .e2eCTC, head: .e2eCTC,
            encoder: "v3_e2e_ctc.onnx", isQuantized: false),
        Case(
            files: ["multilingual_large_ctc.onnx", "multilingual_vocab.txt", "v3_ctc.onnx", "v3_vocab.txt"],
            head: .multilingualLargeCTC, encoder: "multilingual_large_ctc.onnx", isQuantized: false),
        Case(
            files: ["multilingual_large_ctc.onnx", "multilingual_ctc_int8.onnx", "multilingual_vocab.txt"],
            head: .multilingualCTC, encoder: "multilingual_ctc_int8.onnx", isQuantized: true),
    ]

    @Test(arguments: cases) func theFilesOfAFolderTellTheModel(_ expected: Case) throws {
        let folder = try TemporaryFolder(expected.files)
        let files = try ModelFiles(in: folder.url, head: expected.asked)
        #expect(files.head == expected.head)
        #expect(files.encoder.lastPathComponent == expected.encoder)
        #expect(files.isQuantized == expected.isQuantized)
        #expect((files.networks != nil) == [.rnnt, .e2eRNNT].contains(expected.head))
        let all = [files.encoder, files.vocabulary] + (files.networks.map { [$0.prediction, $0.joint] } ?? [])
        #expect(all.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
        #expect(ModelFiles.completeness(of: folder.url, head: expected.asked) == .whole)
    }

    /// Providers that lack 8-bit operators run the float encoder where there is one.
    @Test(arguments: [
        (rnnt + ["v3_rnnt_encoder_int8.onnx"], "v3_rnnt_encoder.onnx"), (e2e, "v3_e2e_rnnt_encoder_int8.onnx"),
        (["v3_ctc.onnx", "v3_ctc_int8.onnx", "v3_vocab.txt"], "v3_ctc.onnx"),
    ])
    func floatsGoFirstWhereTheyArePreferred(files: [String], encoder: String) throws {
        let folder = try TemporaryFolder(files)
        let files = try ModelFiles(in: folder.url, prefersFloats: true)
        #expect(files.encoder.lastPathComponent == encoder)
        #expect(files.isQuantized == encoder.contains("int8"))
    }

    @Test(arguments: [
        rnnt, e2e, ["v3_ctc.onnx", "v3_vocab.txt"], ["multilingual_ctc.onnx", "multilingual_vocab.txt"],
    ])
    func aMissingPartIsNamed(files: [String]) throws {
        for missing in files.dropFirst() {
            let folder = try TemporaryFolder(files.filter { $0 != missing })
            let error = try #require(throws: GigaSTTError.self) { try ModelFiles(in: folder.url) }
            #expect(error.code == .modelMissing)
            #expect(error.message.hasPrefix("\(missing) is missing"))
            #expect(error.message.contains("gigastt download"))
            #expect(!error.description.contains(folder.url.path))
            let whole = try TemporaryFolder(files)
            let head = try ModelFiles(in: whole.url).head
            #expect(ModelFiles.completeness(of: whole.url, head: head) == .whole)
            #expect(ModelFiles.completeness(of: folder.url, head: nil) == .encoder(head))
            #expect(ModelFiles.completeness(of: folder.url, head: head) == .encoder(head))
        }
    }

    @Test func anEmptyFolderHoldsNoModel() throws {
        let folder = try TemporaryFolder(["v3_vocab.txt", "readme.md"])
        for head in [nil, RecognitionHead.rnnt, .ctc] {
            let error = try #require(throws: GigaSTTError.self) { try ModelFiles(in: folder.url, head: head) }
            #expect(error.code == .modelMissing)
            #expect(error.message.contains(head?.rawValue ?? "no speech model"))
            #expect(error.message.contains("--model-dir"))
            #expect(ModelFiles.completeness(of: folder.url, head: head) == .none)
        }
    }

    @Test func aFolderThatDoesNotExistHoldsNoModel() throws {
        let folder = try TemporaryFolder().url.appendingPathComponent("nowhere")
        let error = try #require(throws: GigaSTTError.self) { try ModelFiles(in: folder) }
        #expect(error.code == .modelMissing)
    }

    @Test func anotherHeadThanAskedForIsNotTaken() throws {
        let folder = try TemporaryFolder(Self.rnnt)
        let error = try #require(throws: GigaSTTError.self) { try ModelFiles(in: folder.url, head: .e2eRNNT) }
        #expect(error.code == .modelMissing)
        #expect(error.message.contains("e2e_rnnt"))
    }

    @Test func theBuiltInModelIsQuantized() throws {
        let files = try ModelFiles(in: Repository.builtInModel)
        #expect(files.head == .rnnt)
        #expect(files.isQuantized)
    }
}

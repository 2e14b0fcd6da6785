import Foundation
import TestSupport
import Testing

@testable import STTEncoderCache

@Suite struct EncoderFolderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let files: [String]
        var head: String?
        let source: String?
        var target = "v3_rnnt_encoder_int8.onnx"
        var testDescription: String { "\(files) \(head ?? "any")" }
    }

    static let cases = [
        Case(files: ["v3_rnnt_encoder.onnx"], source: "v3_rnnt_encoder.onnx"),
        Case(files: ["v3_rnnt_encoder.onnx", "v3_rnnt_encoder_int8.onnx"], source: "v3_rnnt_encoder.onnx"),
        Case(files: ["v3_rnnt_encoder_int8.onnx"], source: "v3_rnnt_encoder_int8.onnx"),
        Case(files: ["v3_rnnt_encoder.int8.onnx"], source: "v3_rnnt_encoder.int8.onnx"),
        Case(
            files: ["v3_e2e_rnnt_encoder.onnx"], source: "v3_e2e_rnnt_encoder.onnx",
            target: "v3_e2e_rnnt_encoder_int8.onnx"),
        Case(
            files: ["v3_rnnt_encoder.onnx", "v3_e2e_rnnt_encoder.onnx"], head: "e2e_rnnt",
            source: "v3_e2e_rnnt_encoder.onnx", target: "v3_e2e_rnnt_encoder_int8.onnx"),
        Case(files: ["v3_rnnt_encoder.onnx", "v3_e2e_rnnt_encoder.onnx"], source: "v3_rnnt_encoder.onnx"),
        Case(files: ["v3_rnnt_encoder.onnx"], head: "e2e_rnnt", source: nil),
        Case(files: ["v3_ctc.onnx"], source: nil),
        Case(files: [], source: nil),
    ]

    @Test(arguments: cases) func theEncoderIsFound(_ expected: Case) throws {
        let folder = try TemporaryFolder()
        for file in expected.files { try Data().write(to: folder.file(file)) }
        if let source = expected.source {
            let found = try EncoderFolder(folder.url, head: expected.head)
            #expect(found.source.lastPathComponent == source)
            #expect(found.target.lastPathComponent == expected.target)
        } else {
            let error = try #require(throws: QuantizeError.self) { try EncoderFolder(folder.url, head: expected.head) }
            #expect(error.code == .unreadable)
            #expect(error.message.contains("gigastt download"))
        }
    }
}

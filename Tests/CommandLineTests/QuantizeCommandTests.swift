import Foundation
import TestSupport
import Testing

/// `gigastt quantize` where there is nothing to do, or nothing that can be done.
@Suite struct QuantizeCommandTests {
    private static let model = Recordings.root.appendingPathComponent("Sources/GigaSTT/BuiltInModel")

    @Test func anEncoderOfAnotherStructureIsRefusedAndStaysAsItIs() async throws {
        let folder = try TemporaryFolder()
        let name = "v3_rnnt_encoder.onnx"
        try FileManager.default.copyItem(
            at: Self.model.appendingPathComponent(name), to: URL(fileURLWithPath: folder.path(name)))
        let result = try await Program().run(["quantize", "--model-dir", folder.path("")])
        #expect(result.code == 1)
        #expect(result.errors.contains("Error: "))
        #expect(try folder.names() == [name])
    }

    @Test func aModelThatIsQuantisedIsLeftAlone() async throws {
        let folder = try TemporaryFolder()
        for name in ["v3_rnnt_encoder.onnx", "v3_rnnt_encoder_int8.onnx"] {
            try FileManager.default.createSymbolicLink(
                at: URL(fileURLWithPath: folder.path(name)),
                withDestinationURL: Self.model.appendingPathComponent(name))
        }
        let result = try await Program().run(["quantize", "--model-dir", folder.path("")])
        #expect(result.code == 0)
        #expect(result.errors.contains("--force"))
        #expect(try folder.names().count == 2)
    }

    @Test func anEmptyFolderSaysWhatIsMissing() async throws {
        let folder = try TemporaryFolder()
        let result = try await Program().run(["quantize", "--model-dir", folder.path("")])
        #expect(result.code == 1)
        #expect(result.errors.contains("gigastt download"))
    }
}

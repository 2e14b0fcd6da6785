import Foundation
import OnnxRuntime
import Testing

@Suite struct LoadingTests {
    private let environment: OrtEnvironment

    init() throws { environment = try .shared() }

    private func failure(_ source: OrtSession.Source) throws -> OrtError {
        try #require(throws: OrtError.self) { try OrtSession(source, in: environment) }
    }

    @Test func aMissingFileIsCalledMissing() throws {
        let error = try failure(ModelFile.builtIn("nothing.onnx"))
        #expect(error.code == .fileMissing)
        #expect(error.detail.contains("nothing.onnx"))
        #expect(!error.description.contains("nothing.onnx"), "a path is for the operator only")
    }

    @Test(arguments: [0.1, 0.5, 0.999]) func aTruncatedFileIsNoModel(part: Double) throws {
        let whole = try Data(contentsOf: ModelFile.folder.appendingPathComponent("v3_rnnt_joint.onnx"))
        let error = try ModelFile.temporary(whole.prefix(Int(Double(whole.count) * part))) {
            try failure(.file($0.path))
        }
        #expect(error.code == .modelInvalid)
    }

    @Test func aTextIsNoModel() throws {
        let error = try ModelFile.temporary(Data("version https://git-lfs.github.com/spec/v1\n".utf8)) {
            try failure(.file($0.path))
        }
        #expect(error.code == .modelInvalid)
    }

    @Test func aFolderIsNoModel() throws {
        let error = try failure(.file(ModelFile.folder.path))
        #expect([.fileMissing, .modelInvalid, .runFailed].contains(error.code))
    }

    @Test func bytesCutShortAreNoModel() throws {
        let error = try failure(.bytes(Array(SumGraph.bytes.dropLast(20))))
        #expect(error.code == .modelInvalid)
    }

    @Test func aGraphWithAnUnknownOperatorIsNoModel() throws {
        // "Add" → "Axd"
        var bytes = SumGraph.bytes
        let index = try #require(bytes.firstRange(of: Array("Add".utf8)))
        bytes.replaceSubrange(index, with: Array("Axd".utf8))
        #expect(try failure(.bytes(bytes)).code == .modelInvalid)
    }

    @Test func anUnknownSettingDoesNotStopLoading() throws {
        var options = SessionOptions()
        options.intraOpThreads = 2
        options.settings = ["session.intra_op.allow_spinning": "0"]
        let session = try OrtSession(.bytes(SumGraph.bytes), options: options, in: environment)
        let result = try session.run([.vector([1], in: environment), .vector([2], in: environment)])
        #expect(try result[0].floats() == [3])
    }
}

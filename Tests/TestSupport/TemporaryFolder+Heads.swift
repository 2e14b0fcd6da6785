import Foundation
public import GigaSTT
import ONNXFile

extension TemporaryFolder {
    /// A folder with a small model of a head: of `Tests/Fixtures/Heads`, or the built-in one for `rnnt`.
    public convenience init(head: RecognitionHead) throws {
        try self.init()
        try add(head)
    }

    /// A folder with the built-in model and a small one of `e2e_rnnt` beside it.
    public static func withTwoHeads() throws -> TemporaryFolder {
        let folder = try TemporaryFolder(head: .rnnt)
        try folder.add(.e2eRNNT)
        return folder
    }

    /// Adds the files of a head under the names of the contract.
    public func add(_ head: RecognitionHead) throws {
        switch head {
        case .rnnt:
            for name in ModelFileName.quantized { try link(name) }
        case .e2eRNNT:
            try linkFixture(Self.encoder, as: "v3_e2e_rnnt_encoder_int8.onnx")
            for name in ["v3_e2e_rnnt_decoder.onnx", "v3_e2e_rnnt_joint.onnx", Self.pieces] {
                try linkFixture(name, as: name)
            }
        case .ctc:
            try join("v3_ctc_head.onnx", as: "v3_ctc.int8.onnx")
            try link(ModelFileName.vocabulary)
        case .e2eCTC:
            try join("v3_e2e_ctc_head.onnx", as: "v3_e2e_ctc.int8.onnx")
            try linkFixture(Self.pieces, as: "v3_e2e_ctc_vocab.txt")
        case .multilingualCTC, .multilingualLargeCTC:
            let stem = head == .multilingualCTC ? "multilingual_ctc" : "multilingual_large_ctc"
            try join("multilingual_ctc_head.onnx", as: "\(stem).int8.onnx")
            try linkFixture("multilingual_vocab.txt", as: "multilingual_vocab.txt")
        }
    }

    private static let encoder = "encoder_int8.onnx"
    private static let pieces = "v3_e2e_rnnt_vocab.txt"

    private static func fixture(_ name: String) -> URL {
        Recordings.root.appendingPathComponent("Tests/Fixtures/Heads/\(name)")
    }

    private func linkFixture(_ name: String, as newName: String) throws {
        try FileManager.default.createSymbolicLink(at: file(newName), withDestinationURL: Self.fixture(name))
    }

    /// Writes one graph of the encoder and a head that reads what it gives.
    private func join(_ head: String, as name: String) throws {
        let encoder = try ONNXModel(contentsOf: Self.fixture(Self.encoder))
        let head = try ONNXModel(contentsOf: Self.fixture(head))
        var writer = ONNXModelWriter(graphName: name, operatorSets: encoder.operatorSets)
        for port in encoder.graph.inputPorts { writer.addInput(port) }
        for graph in [encoder.graph, head.graph] {
            for node in graph.nodes { writer.add(node) }
            for weight in graph.initializers.values { writer.add(ONNXWeight(weight)) }
        }
        // The scores come first, then the number of frames.
        for port in head.graph.outputPorts + encoder.graph.outputPorts.dropFirst() { writer.addOutput(port) }
        var bytes = Data()
        try writer.write { bytes.append($0) }
        try write(bytes, as: name)
    }
}

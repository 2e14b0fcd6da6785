package import Foundation

/// An ONNX file: the version of its format, its operator sets, its graph.
///
/// Field numbers here and in the other types are those of onnx.proto3. Fields that are not named are skipped.
package struct ONNXModel: Sendable {
    /// Version of the format.
    package let irVersion: Int64
    /// Versions of operators by domain; the domain of ONNX itself is "".
    package let operatorSets: [String: Int64]
    package let graph: ONNXGraph

    /// Reads a file. A large one is mapped, not copied: it must not be changed in place while the model is in use.
    ///
    /// Throws `unreadable`, and what `init(_:)` throws.
    package init(contentsOf url: URL) throws(ONNXFileError) {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: url, options: .mappedIfSafe)
        } catch {
            throw ONNXFileError(
                .unreadable, "The model file cannot be read. Check that it exists and may be read.",
                detail: "\(url.path): \(error)")
        }
        try self.init(bytes)
    }

    /// Reads a model. Cost: the headers; weights are not touched before they are asked for.
    ///
    /// Throws `malformed`, `tooLarge`, `externalData`.
    package init(_ bytes: Data) throws(ONNXFileError) {
        try self.init(bytes, budget: PartBudget())
    }

    /// ModelProto: 1 ir_version, 7 graph, 8 opset_import.
    init(_ bytes: Data, budget: PartBudget) throws(ONNXFileError) {
        var budget = budget
        var irVersion: Int64 = 0
        var operatorSets: [String: Int64] = [:]
        var graph: ONNXGraph?
        var reader = WireReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: irVersion = try field.integer()
            case 7:
                guard graph == nil else { throw .malformed("two graphs") }
                graph = try ONNXGraph(field.bytes(), &budget)
            case 8:
                try budget.spend()
                let (domain, version) = try Self.operatorSet(field.bytes())
                operatorSets[domain] = version
            default: break
            }
        }
        guard let graph else { throw .malformed("no graph") }
        self.irVersion = irVersion
        self.operatorSets = operatorSets
        self.graph = graph
    }

    /// OperatorSetIdProto: 1 domain, 2 version.
    private static func operatorSet(_ message: Data) throws(ONNXFileError) -> (String, Int64) {
        var set = (domain: "", version: Int64(0))
        var reader = WireReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: set.domain = try field.text()
            case 2: set.version = try field.integer()
            default: break
            }
        }
        return set
    }
}

package import Foundation
import ONNXFile

extension Quantizer {
    /// The kind of a model file.
    package enum SourceForm: Sendable, Hashable {
        /// An encoder of GigaAM v3, of floats or int8, that can be laid out for speed.
        case encoder
        /// One that has been.
        case fast
        /// Anything else.
        case unrecognized
    }

    /// Looks at a model's structure. Cost: its headers, some milliseconds.
    ///
    /// Throws `unreadable`.
    package static func form(of model: URL) throws(QuantizeError) -> SourceForm {
        let file: ONNXModel
        do {
            file = try ONNXModel(contentsOf: model)
        } catch {
            throw QuantizeError(.unreadable, error.message, detail: "\(model.path): \(error.detail)")
        }
        let graph = file.graph
        // No exporter writes an encoder of these ports with the operators that the runtime fuses to.
        let isFast =
            graph.inputs.count == 2 && graph.outputs.count == 2
            && graph.nodes.contains { $0.type == "DynamicQuantizeMatMul" }
            && graph.nodes.contains { $0.type == "MultiHeadAttention" }
        if isFast { return .fast }
        return (try? ConformerReader(file).read()) == nil ? .unrecognized : .encoder
    }
}

package import Foundation

/// One operator of a graph, with the names of what it reads and makes.
package struct ONNXNode: Sendable {
    package private(set) var name = ""
    /// The operator, as "MatMul".
    package private(set) var type = ""
    /// Where the operator is defined; "" and "ai.onnx" are ONNX itself.
    package private(set) var domain = ""
    /// An input that is left out has the name "".
    package private(set) var inputs: [String] = []
    package private(set) var outputs: [String] = []
    package private(set) var attributes: [String: ONNXAttribute] = [:]
    /// The node as it stands in the file.
    package let message: Data

    /// Whether the operator is one of ONNX itself.
    package var isStandard: Bool { domain.isEmpty || domain == "ai.onnx" }

    /// NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute, 7 domain.
    init(_ message: Data, _ budget: inout PartBudget) throws(ONNXFileError) {
        self.message = message
        var reader = WireReader(message)
        while let field = try reader.next() {
            try budget.spend()
            switch field.number {
            case 1: inputs.append(try field.text())
            case 2: outputs.append(try field.text())
            case 3: name = try field.text()
            case 4: type = try field.text()
            case 5:
                let (name, value) = try ONNXAttribute.named(field.bytes(), &budget)
                attributes[name] = value
            case 7: domain = try field.text()
            default: break
            }
        }
    }

    /// The name of an input; `nil` when it is left out.
    package func input(_ index: Int) -> String? {
        inputs.indices.contains(index) && !inputs[index].isEmpty ? inputs[index] : nil
    }

    /// The name of an output; `nil` when it is not asked for.
    package func output(_ index: Int) -> String? {
        outputs.indices.contains(index) && !outputs[index].isEmpty ? outputs[index] : nil
    }
}

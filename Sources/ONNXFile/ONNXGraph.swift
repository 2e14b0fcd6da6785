import Foundation

/// The nodes of a model, its weights, and what goes in and comes out.
package struct ONNXGraph: Sendable {
    package private(set) var nodes: [ONNXNode] = []
    /// Weights by name.
    package private(set) var initializers: [String: ONNXTensor] = [:]
    /// What is fed to the model, in order, without weights that are listed there too.
    package private(set) var inputPorts: [ONNXValueInfo] = []
    /// What the model gives, in order.
    package private(set) var outputPorts: [ONNXValueInfo] = []
    /// Names of the inputs.
    package var inputs: [String] { inputPorts.map(\.name) }
    /// Names of the outputs.
    package var outputs: [String] { outputPorts.map(\.name) }
    /// The index of the node that makes a value.
    private var producers: [String: Int] = [:]

    /// GraphProto: 1 node, 5 initializer, 11 input, 12 output.
    init(_ message: Data, _ budget: inout PartBudget) throws(ONNXFileError) {
        var reader = WireReader(message)
        while let field = try reader.next() {
            guard [1, 5, 11, 12].contains(field.number) else { continue }
            try budget.spend()
            switch field.number {
            case 1: try add(ONNXNode(field.bytes(), &budget))
            case 5: try add(ONNXTensor(field.bytes()))
            case 11: inputPorts.append(try ONNXValueInfo(field.bytes()))
            default: outputPorts.append(try ONNXValueInfo(field.bytes()))
            }
        }
        inputPorts.removeAll { initializers[$0.name] != nil }
    }

    /// The node that makes a value; `nil` for inputs, weights and unknown names.
    package func producer(of value: String) -> ONNXNode? { producers[value].map { nodes[$0] } }

    /// A value that is the same in every run: a weight, or what a `Constant` node holds, also behind `Identity` nodes.
    package func constant(_ name: String) -> ONNXTensor? {
        var name = name
        // The graph may contain a cycle.
        for _ in 0..<8 {
            if let tensor = initializers[name] { return tensor }
            guard let node = producer(of: name), node.isStandard else { return nil }
            if node.type == "Constant", case .tensor(let tensor)? = node.attributes["value"] { return tensor }
            guard node.type == "Identity", let source = node.inputs.first else { return nil }
            name = source
        }
        return nil
    }

    private mutating func add(_ node: ONNXNode) throws(ONNXFileError) {
        for output in node.outputs where !output.isEmpty {
            guard producers.updateValue(nodes.count, forKey: output) == nil else {
                throw .malformed("two nodes make \(output)")
            }
        }
        nodes.append(node)
    }

    private mutating func add(_ tensor: ONNXTensor) throws(ONNXFileError) {
        guard initializers.updateValue(tensor, forKey: tensor.name) == nil else {
            throw .malformed("two weights are called \(tensor.name)")
        }
    }
}

import ONNXFile

/// Builds a graph node by node. Values are named after the nodes that make them.
struct FastGraph {
    static let contributed = "com.microsoft"

    var writer: ONNXModelWriter
    /// Whether linear layers multiply floats: for the check of the layout.
    let isFloat: Bool
    /// Whether weights are halves.
    let isHalf: Bool
    /// What `DynamicQuantizeLinear` makes of a value: steps, scale, zero point. Made once.
    var quantized: [String: [String]] = [:]
    private var integerNames: [[Int64]: String] = [:]
    private var singles: Set<String> = []

    init(operatorSet: Int64, isFloat: Bool = false, isHalf: Bool = false) {
        (self.isFloat, self.isHalf) = (isFloat, isHalf)
        writer = ONNXModelWriter(
            graphName: "gigaam_v3_encoder", operatorSets: ["": operatorSet, Self.contributed: 1])
    }

    /// Adds a node with one result and returns its name.
    mutating func add(
        _ type: String, _ inputs: [String], name: String, isContributed: Bool = false,
        _ attributes: [(String, ONNXModelWriter.Attribute)] = []
    ) -> String {
        writer.add(
            type, domain: isContributed ? Self.contributed : "", name: name, inputs: inputs,
            outputs: ["\(name)_out"], attributes: attributes)
        return "\(name)_out"
    }

    /// Integers as a weight of one axis.
    mutating func integers(_ values: Int64...) -> String {
        if let name = integerNames[values] { return name }
        let name = "integers_\(integerNames.count)"
        integerNames[values] = name
        writer.add(ONNXWeight(name, shape: [values.count], integers: values))
        return name
    }

    /// One integer, without an axis.
    mutating func integer(_ value: Int64) -> String {
        let name = "integer_\(value)"
        if singles.insert(name).inserted { writer.add(ONNXWeight(name, shape: [], integers: [value])) }
        return name
    }

    /// The number 0, without an axis.
    mutating func zero() -> String {
        let name = "zero"
        return singles.insert(name).inserted ? floats(name, shape: []) { [0] } : name
    }

    /// Floats, or halves where those of the graph are, as a weight.
    mutating func floats(_ name: String, shape: [Int], _ make: @escaping @Sendable () throws -> [Float]) -> String {
        writer.add(ONNXWeight(name, shape: shape, isHalf: isHalf, makeFloats: make))
        return name
    }

    mutating func copy(_ tensor: ONNXTensor, as name: String) -> String {
        floats(name, shape: tensor.shape) { try tensor.floats() }
    }

    mutating func addInput(_ port: ONNXValueInfo) { writer.addInput(port) }
    mutating func addOutput(_ port: ONNXValueInfo) { writer.addOutput(port) }

    /// Gives the result of a graph its name.
    mutating func finish(
        _ type: String, _ inputs: [String], as output: String, _ attributes: [(String, ONNXModelWriter.Attribute)]
    ) {
        writer.add(type, name: "\(output)_end", inputs: inputs, outputs: [output], attributes: attributes)
    }
}

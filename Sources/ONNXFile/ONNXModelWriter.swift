package import Foundation

/// Builds a model and writes it part by part: no more than one weight is in memory at a time.
package struct ONNXModelWriter {
    private let graphName: String
    private let operatorSets: [(domain: String, version: Int64)]
    private var nodes = Data()
    private var ports = Data()
    private var weights: [ONNXWeight] = []

    /// A model without nodes.
    ///
    /// - Parameter operatorSets: versions by domain.
    package init(graphName: String, operatorSets: [String: Int64]) {
        self.graphName = graphName
        self.operatorSets = operatorSets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Adds a node. NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute, 7 domain.
    package mutating func add(
        _ type: String, domain: String = "", name: String, inputs: [String], outputs: [String],
        attributes: [(String, Attribute)] = []
    ) {
        var message = WireWriter()
        for input in inputs { message.text(1, input) }
        for output in outputs { message.text(2, output) }
        message.text(3, name)
        message.text(4, type)
        for (name, value) in attributes { message.message(5, value.message(named: name)) }
        if !domain.isEmpty { message.text(7, domain) }
        append(message.bytes, field: 1, to: &nodes)
    }

    /// Adds a node of another file as it is.
    package mutating func add(_ node: ONNXNode) {
        append(node.message, field: 1, to: &nodes)
    }

    /// Adds a weight.
    package mutating func add(_ weight: ONNXWeight) { weights.append(weight) }

    /// Adds an input of another file as it is.
    package mutating func addInput(_ port: ONNXValueInfo) { append(port.message, field: 11, to: &ports) }

    /// Adds an output of another file as it is.
    package mutating func addOutput(_ port: ONNXValueInfo) { append(port.message, field: 12, to: &ports) }

    /// Gives the file to `write`, part by part, and tells `progress` which share of the weights is written, 0…1; what it
    /// throws ends the writing.
    package func write(progress: (Double) throws -> Void = { _ in }, to write: (Data) throws -> Void) throws {
        var start = WireWriter()
        start.text(2, graphName)
        let keys = weights.map { weight in
            var key = WireWriter()
            key.key(5, byteCount: weight.header.count + weight.byteCount)
            return key.bytes
        }
        let weightBytes = zip(keys, weights).reduce(0) { $0 + $1.0.count + $1.1.header.count + $1.1.byteCount }
        var head = WireWriter()
        head.integer(1, 8)  // version of the format, that of the published models
        for set in operatorSets {
            var message = WireWriter()
            message.text(1, set.domain)
            message.integer(2, set.version)
            head.message(8, message.bytes)
        }
        head.key(7, byteCount: start.bytes.count + nodes.count + ports.count + weightBytes)
        try write(head.bytes + start.bytes + nodes + ports)
        var written = 0
        for (key, weight) in zip(keys, weights) {
            try write(key + weight.header)
            if weight.byteCount > 0 {
                let bytes = try weight.makeBytes()
                guard bytes.count == weight.byteCount else {
                    throw ONNXFileError(.malformed, "A weight has another size than it should.", detail: weight.name)
                }
                try write(bytes)
            }
            written += key.count + weight.header.count + weight.byteCount
            try progress(Double(written) / Double(max(1, weightBytes)))
        }
    }

    private func append(_ message: Data, field: Int, to target: inout Data) {
        var writer = WireWriter()
        writer.message(field, message)
        target.append(writer.bytes)
    }
}

extension ONNXModelWriter {
    /// The value of an attribute of a new node.
    package enum Attribute: Sendable {
        case integer(Int64)
        case float(Float)
        case text(String)
        case integers([Int64])

        /// AttributeProto: 1 name, 2 f, 3 i, 4 s, 8 ints, 20 type.
        fileprivate func message(named name: String) -> Data {
            var message = WireWriter()
            message.text(1, name)
            switch self {
            case .float(let value):
                message.float(2, value)
                message.integer(20, 1)
            case .integer(let value):
                message.integer(3, value)
                message.integer(20, 2)
            case .text(let value):
                message.text(4, value)
                message.integer(20, 3)
            case .integers(let values):
                for value in values { message.integer(8, value) }
                message.integer(20, 7)
            }
            return message.bytes
        }
    }
}

/// Reads the operators of a graph backwards, from results to operands, whatever its nodes are called.
///
/// Nodes that only change the order or the number of axes are passed over.
package struct GraphMatcher {
    package let graph: ONNXGraph

    private static let axisOperators: Set<String> = ["Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"]
    /// More of them in a row than any exporter writes: the graph may contain a cycle.
    private static let longestRow = 16

    package init(_ graph: ONNXGraph) { self.graph = graph }

    /// The value that `value` is, but for its axes.
    package func source(of value: String) -> String {
        var value = value
        for _ in 0..<Self.longestRow {
            guard let node = graph.producer(of: value), node.isStandard, Self.axisOperators.contains(node.type),
                let input = node.input(0)
            else { break }
            value = input
        }
        return value
    }

    /// The standard node of this type that produces a value; `nil` when it is produced in another way.
    package func node(_ type: String, making value: String) -> ONNXNode? {
        guard let node = graph.producer(of: source(of: value)), node.isStandard, node.type == type else { return nil }
        return node
    }
}

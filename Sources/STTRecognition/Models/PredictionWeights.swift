import ONNXFile

/// What the prediction network of an RNN-T consists of: an embedding and one LSTM.
struct PredictionWeights {
    let tokenCount: Int
    let embeddingSize: Int
    let hiddenSize: Int
    /// `[token, embeddingSize]`
    let embedding: [Float]
    /// `[4 × hiddenSize, embeddingSize]`; gates in ONNX's order: input, output, forget, candidate.
    let inputWeights: [Float]
    /// `[4 × hiddenSize, hiddenSize]`
    let recurrentWeights: [Float]
    /// `[4 × hiddenSize]`, the sum of both biases.
    let bias: [Float]

    /// Takes the weights out of a graph `token, hidden, cell → output, hidden, cell`.
    ///
    /// `nil` when the graph does anything else than embed a token and make one step of a plain LSTM.
    init?(_ graph: ONNXGraph) throws(ONNXFileError) {
        let trace = GraphMatcher(graph)
        guard graph.inputs.count == 3, graph.outputs.count == 3,
            let lstm = Self.lstm(of: trace),
            let value = lstm.input(0), let gather = trace.node("Gather", making: value),
            Self.axis(of: gather) == 0, let table = gather.input(0).flatMap(graph.constant),
            let token = gather.input(1), trace.source(of: token) == graph.inputs[0],
            let input = lstm.input(1).flatMap(graph.constant),
            let recurrent = lstm.input(2).flatMap(graph.constant), recurrent.shape.count == 3
        else { return nil }
        (tokenCount, embeddingSize, hiddenSize) = (table.shape.first ?? 0, table.shape.last ?? 0, recurrent.shape[2])
        guard tokenCount > 0, embeddingSize > 0, hiddenSize > 0, table.shape.count == 2,
            hiddenSize <= Self.largestSize, recurrent.shape == [1, 4 * hiddenSize, hiddenSize],
            input.shape == [1, 4 * hiddenSize, embeddingSize]
        else { return nil }
        embedding = try table.floats()
        inputWeights = try input.floats()
        recurrentWeights = try recurrent.floats()
        guard let bias = try Self.bias(of: lstm, graph, gateCount: 4 * hiddenSize) else { return nil }
        self.bias = bias
    }

    /// Far above what such a network has: 320.
    private static let largestSize = 1 << 14

    /// The LSTM whose state goes in and comes out, without options that change what it computes.
    private static func lstm(of trace: GraphMatcher) -> ONNXNode? {
        let graph = trace.graph
        guard let lstm = trace.node("LSTM", making: graph.outputs[0]), isPlain(lstm),
            lstm.input(4) == nil, lstm.input(7) == nil,
            let hidden = lstm.input(5), trace.source(of: hidden) == graph.inputs[1],
            let cell = lstm.input(6), trace.source(of: cell) == graph.inputs[2],
            [lstm.output(0), lstm.output(1)].contains(trace.source(of: graph.outputs[0])),
            [lstm.output(0), lstm.output(1)].contains(trace.source(of: graph.outputs[1])),
            lstm.output(2) == trace.source(of: graph.outputs[2])
        else { return nil }
        return lstm
    }

    private static func isPlain(_ lstm: ONNXNode) -> Bool {
        lstm.attributes.allSatisfy { name, value in
            switch (name, value) {
            case ("hidden_size", .integer): true
            case ("direction", .text("forward")): true
            case ("layout", .integer(0)), ("input_forget", .integer(0)): true
            case ("activations", .texts(["Sigmoid", "Tanh", "Tanh"])): true
            default: false
            }
        }
    }

    private static func axis(of gather: ONNXNode) -> Int64? {
        guard let axis = gather.attributes["axis"] else { return 0 }
        guard case .integer(let value) = axis else { return nil }
        return value
    }

    /// The biases of input and state, which stand one after the other, added. An LSTM may have none.
    private static func bias(
        of lstm: ONNXNode, _ graph: ONNXGraph, gateCount: Int
    ) throws(ONNXFileError) -> [Float]? {
        guard let name = lstm.input(3) else { return [Float](repeating: 0, count: gateCount) }
        guard let both = graph.constant(name), both.shape == [1, 2 * gateCount] else { return nil }
        let values = try both.floats()
        return zip(values.prefix(gateCount), values.suffix(gateCount)).map(+)
    }
}

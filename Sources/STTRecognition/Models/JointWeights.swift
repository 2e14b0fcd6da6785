import ONNXFile

/// What the joint of an RNN-T consists of: log-softmax(output(relu(encoder(x) + prediction(y)))).
struct JointWeights {
    /// From a frame of the encoder.
    let encoder: GraphMatcher.Dense
    /// From the output of the prediction network.
    let prediction: GraphMatcher.Dense
    /// To the scores of the tokens.
    let output: GraphMatcher.Dense

    /// Takes the weights out of a graph `encoder frame, prediction → scores`; `nil` when the graph does anything else.
    init?(_ graph: ONNXGraph) throws(ONNXFileError) {
        let trace = GraphMatcher(graph)
        guard graph.inputs.count == 2, graph.outputs.count == 1,
            let softmax = trace.node("LogSoftmax", making: graph.outputs[0]), Self.isOverTokens(softmax),
            let logits = softmax.input(0), let output = try trace.dense(making: logits),
            let rectifier = trace.node("Relu", making: output.input),
            let hidden = rectifier.input(0), let sum = trace.node("Add", making: hidden),
            let first = sum.input(0), let second = sum.input(1),
            let a = try trace.dense(making: first), let b = try trace.dense(making: second),
            let (encoder, prediction) = Self.inOrder(a, b, of: graph),
            encoder.bias.count == output.inputCount, prediction.bias.count == output.inputCount
        else { return nil }
        (self.encoder, self.prediction, self.output) = (encoder, prediction, output)
    }

    private static func inOrder(
        _ a: GraphMatcher.Dense, _ b: GraphMatcher.Dense, of graph: ONNXGraph
    ) -> (GraphMatcher.Dense, GraphMatcher.Dense)? {
        if [a.input, b.input] == graph.inputs { return (a, b) }
        return [b.input, a.input] == graph.inputs ? (b, a) : nil
    }

    /// The scores have four axes, tokens last, which is also what the attribute's absence means.
    private static func isOverTokens(_ softmax: ONNXNode) -> Bool {
        switch softmax.attributes["axis"] {
        case nil, .integer(-1)?, .integer(3)?: true
        default: false
        }
    }
}

/// One input or output of a model.
public struct ModelPort: Sendable, Hashable {
    /// The tensor's name in the graph.
    public let name: String
    /// The type of its elements; `undefined` for anything that is no tensor.
    public let elementType: TensorElementType
    /// Sizes of its axes, outermost first; −1 where any size goes.
    public let shape: [Int]
}

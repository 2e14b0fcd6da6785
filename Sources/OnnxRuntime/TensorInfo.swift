/// One input or output of a model.
package struct TensorInfo: Sendable, Hashable {
    /// The tensor's name in the graph.
    package let name: String
    /// The type of its elements; `undefined` for anything that is no tensor.
    package let elementType: TensorElementType
    /// Sizes of its axes, outermost first; −1 where any size goes.
    package let shape: [Int]
}

import ONNXFile

/// The weights of an encoder of GigaAM v3, found by what the graph computes.
struct ConformerWeights: Sendable {
    struct Norm: Sendable {
        let weight: ONNXTensor
        let bias: ONNXTensor
    }

    struct FeedForward: Sendable {
        let norm: Norm
        let up: LinearSource
        let down: LinearSource
    }

    struct Attention: Sendable {
        let norm: Norm
        let query: LinearSource
        let key: LinearSource
        let value: LinearSource
        let output: LinearSource
        let rotation: Rotation
    }

    /// Tables of the rotary positions, `[position, half a head]`, or with every angle twice `[position, head]`.
    struct Rotation: Sendable {
        let cosine: ONNXTensor
        /// May be the same tensor: then the sines are its second half.
        let sine: ONNXTensor
    }

    struct Convolution: Sendable {
        let norm: Norm
        let gated: LinearSource
        let depthwise: LinearSource
        let innerNorm: Norm
        let output: LinearSource
    }

    struct Layer: Sendable {
        let first: FeedForward
        let attention: Attention
        let convolution: Convolution
        let second: FeedForward
        let norm: Norm
    }

    /// Two convolutions of stride 2.
    let subsampling: [LinearSource]
    let layers: [Layer]
    /// From the width of the layers to that of the output, where they differ; GigaAM v3 has none.
    let projection: LinearSource?
    var channelCount: Int { subsampling[1].outputCount }
}

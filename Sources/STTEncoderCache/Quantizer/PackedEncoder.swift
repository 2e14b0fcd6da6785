import Foundation
import ONNXFile

/// The weights of a fast graph in one file, in the order and layout in which the kernels of `conformer.h` read them.
///
/// Every part starts on a multiple of 64 bytes: a header; features and what ONNX Runtime encodes them to, for a test at
/// load; cosines and sines; the first convolution, `[tap × band, channel]`, and its bias; the second convolution; the
/// layers. A linear layer has 8-bit weights in panels of 64 outputs, `[panel][input / 4][64][4]`, then scales, bias and
/// the sums of the weights of each output.
struct PackedEncoder {
    /// Known features `[frame, band]` and the frames that they are encoded to.
    struct Sample {
        let features: [Float]
        let encoded: [Float]
        let frameCount: Int
    }

    private static let form: UInt32 = 1
    private static let panel = 64
    private static let taps = 5
    private static let bands = 64

    private let graph: ONNXGraph
    private let sizes: Sizes

    private struct Sizes {
        let channels, inner, heads, layers, positions: Int
    }

    /// Looks at a graph that `FastEncoder` wrote; `nil` for any other, and for sizes that the kernels do not take.
    init?(_ model: ONNXModel) {
        let weights = model.graph.initializers
        guard let up = weights["layer_0_first_up.q"], up.shape.count == 2,
            let cosine = weights["rotation.cosine"], cosine.shape.count == 2,
            weights["subsampling_1.w"]?.shape == [(Self.taps + 1) * Self.bands, up.shape[0]],
            weights["projection.q"] == nil,
            case .integer(let heads)? = model.graph.nodes.first(where: { $0.name == "layer_0_attention_context" })?
                .attributes["num_heads"], heads > 0
        else { return nil }
        let layers = (0...).prefix { weights["layer_\($0)_first_up.q"] != nil }.count
        sizes = Sizes(
            channels: up.shape[0], inner: up.shape[1], heads: Int(heads), layers: layers, positions: cosine.shape[0])
        let (channels, head) = (sizes.channels, sizes.channels / sizes.heads)
        guard channels.isMultiple(of: 16), channels <= 2_048, sizes.inner.isMultiple(of: 16), sizes.inner <= 16_384,
            channels.isMultiple(of: sizes.heads), head.isMultiple(of: 16), head <= 64, layers <= 256,
            cosine.shape[1] == head / 2, sizes.positions <= 1 << 16
        else { return nil }
        graph = model.graph
    }

    /// Writes the file. `progress` is called after every layer; what it throws ends the work.
    func write(to url: URL, _ sample: Sample, progress: (Double) throws -> Void) throws {
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
            throw EncoderCacheError.unwritable(url.path)
        }
        let file = try FileHandle(forWritingTo: url)
        defer { try? file.close() }
        let (channels, taps) = (sizes.channels, Self.taps)
        let numbers = [
            Self.form, UInt32(channels), UInt32(sizes.inner), UInt32(sizes.heads), UInt32(sizes.layers),
            UInt32(sizes.positions), UInt32(sample.frameCount),
        ]
        try put(Data("gigastt kernels\0".utf8) + numbers.withUnsafeBytes { Data($0) }, file)
        for values in [sample.features, sample.encoded] { try put(values, file) }
        for name in ["rotation.cosine", "rotation.sine"] { try put(floats(name), file) }
        try put(Array(floats("subsampling_1.w").prefix(taps * Self.bands * channels)), file)
        try put(floats("subsampling_1.b"), file)
        try put(linear("subsampling_2", inputs: taps * channels), file)
        for layer in 0..<sizes.layers {
            try write("layer_\(layer)", file)
            try progress(Double(layer + 1) / Double(sizes.layers))
        }
    }

    private func write(_ layer: String, _ file: FileHandle) throws {
        let channels = sizes.channels
        func norm(_ name: String) throws {
            for part in ["weight", "bias"] { try put(floats("\(layer)_\(name).\(part)"), file) }
        }
        func matrix(_ name: String, _ inputs: Int) throws { try put(linear("\(layer)_\(name)", inputs: inputs), file) }
        try norm("first_norm")
        try matrix("first_up", channels)
        try matrix("first_down", sizes.inner)
        try norm("attention_norm")
        for part in ["query", "key", "value", "output"] { try matrix("attention_\(part)", channels) }
        try norm("convolution_norm")
        let gates = try linear("\(layer)_convolution_gates", inputs: channels)
        try put(linear("\(layer)_convolution_sums", inputs: channels).interleaved(with: gates), file)
        let taps = try floats("\(layer)_convolution_depthwise.w")
        try put((0..<taps.count).map { taps[$0 % channels * Self.taps + $0 / channels] }, file)
        try put(floats("\(layer)_convolution_depthwise.b"), file)
        try norm("convolution_inner_norm")
        try matrix("convolution_output", channels)
        try norm("second_norm")
        try matrix("second_up", channels)
        try matrix("second_down", sizes.inner)
        try norm("norm")
    }

    private func floats(_ name: String) throws -> [Float] { try tensor(name).floats() }

    private func tensor(_ name: String) throws -> ONNXTensor {
        guard let tensor = graph.initializers[name] else { throw QuantizeError.notRecognised(name) }
        return tensor
    }

    /// A linear layer; rows beyond `inputs` are zero padding.
    private func linear(_ name: String, inputs: Int) throws -> PackedLinear {
        let steps = try tensor("\(name).q")
        return PackedLinear(
            try steps.signedBytes(), inputs: inputs, outputs: steps.shape[1], scales: try floats("\(name).s"),
            bias: try floats("\(name).b"))
    }

    private func put(_ layer: PackedLinear, _ file: FileHandle) throws {
        try put(layer.weights.withUnsafeBytes { Data($0) }, file)
        try put(layer.scales, file)
        try put(layer.bias, file)
        try put(layer.sums.withUnsafeBytes { Data($0) }, file)
    }

    private func put(_ values: [Float], _ file: FileHandle) throws {
        try put(values.withUnsafeBytes { Data($0) }, file)
    }

    private func put(_ bytes: Data, _ file: FileHandle) throws {
        do {
            try file.write(contentsOf: bytes)
            let rest = bytes.count % Self.panel
            if rest > 0 { try file.write(contentsOf: Data(count: Self.panel - rest)) }
        } catch {
            throw EncoderCacheError.unwritable("\(error)")
        }
    }
}

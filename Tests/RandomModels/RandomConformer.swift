package import Foundation
import ONNXFile

/// An encoder with the structure of GigaAM v3 and random weights, 2 layers of 32 channels, as an exporter writes it.
package struct RandomConformer {
    static let channels = 32
    static let headSize = 16
    static let positionCount = 200

    /// How the graph differs.
    package struct Variation: Sendable {
        /// Tables hold every angle once, twice, or cosines and sines one after the other.
        package enum Tables: Sendable { case halves, doubled, one }
        package var tables = Tables.halves
        package var isSumSwapped = false
        package var hasMask = false
        package var isSplit = false
        package var activation = "Sigmoid"
        package var half: Float = 0.5
        package var stride = 2
        package var groups = channels
        package var epsilon: Float = 1e-5
        package var rotationSum = "Add"
        package var isRotationTurnedBack = false
        package var attentionFactor: Float = 1
        package var isGateFirst = false
        package var isFrameMajor = false
        package var rectifier = "Relu"
        package var normalizesScores = true
        package var hasThirdOutput = false
        /// Channels of the output; as wide as the layers otherwise, without a layer to get there.
        package var projectedChannels: Int?
        package var layerCount = 2
        /// Of a feed-forward module, in channels.
        package var expansion = 3
        package var operatorSet: Int64 = 17

        /// The usual form.
        package init() {}
    }

    let variation: Variation
    var writer: ONNXModelWriter
    var random = Numbers(state: 11)
    var count = 0

    private init(_ variation: Variation) {
        self.variation = variation
        writer = ONNXModelWriter(graphName: "encoder", operatorSets: ["": variation.operatorSet])
    }

    package static func write(_ variation: Variation = Variation(), to url: URL) throws {
        var conformer = RandomConformer(variation)
        try conformer.build()
        var bytes = Data()
        try conformer.writer.write { bytes += $0 }
        try bytes.write(to: url)
    }

    private mutating func build() throws {
        let channels = Self.channels
        for (name, type, rank) in [("audio_signal", Int64(1), 3), ("length", 7, 1)] {
            writer.addInput(try Self.port(name, type, rank))
        }
        for (name, type, rank) in [("encoded", Int64(1), 3), ("encoded_len", 6, 1)] {
            writer.addOutput(try Self.port(name, type, rank))
        }
        var x = "audio_signal"
        for inputs in [64, channels] {
            let stride = Int64(variation.stride)
            x = convolution(
                x, inputs, channels, taps: 5, [("strides", .integers([stride])), ("pads", .integers([2, 2]))])
            x = node(variation.rectifier, [x])
        }
        x = turned(x)
        for _ in 0..<variation.layerCount { x = layer(x) }
        if let count = variation.projectedChannels { x = linear(x, Self.channels, count) }
        let order: [Int64] = variation.isFrameMajor ? [0, 1, 2] : [0, 2, 1]
        writer.add(
            "Transpose", name: "end", inputs: [x], outputs: ["encoded"], attributes: [("perm", .integers(order))])
        if variation.hasThirdOutput { writer.addOutput(try Self.port(x, 1, 3)) }
        let (one, two) = (integers(1), integers(2))
        var length = "length"
        for _ in 0..<2 { length = node("Div", [node("Add", [length, one]), two]) }
        writer.add("Cast", name: "len", inputs: [length], outputs: ["encoded_len"], attributes: [("to", .integer(6))])
    }

    private mutating func layer(_ x: String) -> String {
        var x = x
        x = sum(x, feedForward(x))
        x = sum(x, attention(x))
        x = sum(x, convolutionModule(x))
        x = sum(x, feedForward(x))
        return norm(x)
    }

    private mutating func feedForward(_ x: String) -> String {
        let width = variation.expansion * Self.channels
        let up = linear(norm(x), Self.channels, width)
        let down = linear(swish(up), width, Self.channels)
        return node("Mul", [down, weight([], [variation.half])])
    }

    private mutating func attention(_ x: String) -> String {
        let normed = norm(x)
        let rotated = rotation(normed)
        func heads(_ x: String, _ order: [Int64]) -> String {
            node(
                "Transpose", [node("Reshape", [x, integers(0, 0, 2, Int64(Self.headSize))])],
                [("perm", .integers(order))])
        }
        let channels = Self.channels
        let query = heads(linear(rotated, channels, channels), [0, 2, 1, 3])
        let key = heads(linear(rotated, channels, channels), [0, 2, 3, 1])
        let value = heads(linear(normed, channels, channels), [0, 2, 1, 3])
        let scaled = node("Mul", [key, weight([], [variation.attentionFactor / Float(Self.headSize).squareRoot()])])
        var scores = node("MatMul", [query, scaled])
        if variation.normalizesScores { scores = node("Softmax", [scores], [("axis", .integer(-1))]) }
        let context = node(
            "Transpose", [node("MatMul", [scores, value])], [("perm", .integers([0, 2, 1, 3]))])
        return linear(node("Reshape", [context, integers(0, 0, Int64(channels))]), channels, channels)
    }

    /// Rotary positions, before the projections: the first half of a head is turned against the second.
    private mutating func rotation(_ x: String) -> String {
        let split = node("Reshape", [x, integers(0, 0, 2, Int64(Self.headSize))])
        let frames = node("Shape", [x], [("start", .integer(1)), ("end", .integer(2))])
        let (cosine, sine) = variation.isRotationTurnedBack ? swapped(tables(frames)) : tables(frames)
        let half = Int64(Self.headSize / 2)
        let first = slice(split, integers(0), integers(half), axis: 3)
        let second = slice(split, integers(half), integers(2 * half), axis: 3)
        let result: String
        if variation.tables == .halves {
            result = node(
                "Concat",
                [
                    node("Sub", [node("Mul", [first, cosine]), node("Mul", [second, sine])]),
                    node(variation.rotationSum, [node("Mul", [second, cosine]), node("Mul", [first, sine])]),
                ], [("axis", .integer(3))])
        } else {
            let turned = node("Concat", [node("Neg", [second]), first], [("axis", .integer(3))])
            result = node("Add", [node("Mul", [split, cosine]), node("Mul", [turned, sine])])
        }
        return node("Reshape", [result, integers(0, 0, Int64(Self.channels))])
    }

    /// cos and sin of position · 5000^(−2i / head), cut to the number of frames.
    private mutating func tables(_ frames: String) -> (String, String) {
        let half = Self.headSize / 2
        func table(_ function: (Double) -> Double) -> [Float] {
            (0..<Self.positionCount).flatMap { position -> [Float] in
                let row = (0..<half).map { index in
                    Float(function(Double(position) * pow(5_000, -2 * Double(index) / Double(Self.headSize))))
                }
                return variation.tables == .halves ? row : row + row
            }
        }
        let count = Self.positionCount
        switch variation.tables {
        case .halves, .doubled:
            let width = variation.tables == .halves ? half : 2 * half
            let (cosine, sine) = (weight([1, count, 1, width], table(cos)), weight([1, count, 1, width], table(sin)))
            return (slice(cosine, integers(0), frames, axis: 1), slice(sine, integers(0), frames, axis: 1))
        case .one:
            let both = weight([2 * count, 1, 2 * half], table(cos) + table(sin))
            let start = integers(Int64(count))
            return (
                slice(both, integers(0), frames, axis: 0),
                slice(both, start, node("Add", [frames, start]), axis: 0)
            )
        }
    }

    private mutating func convolutionModule(_ x: String) -> String {
        let channels = Self.channels
        var x = convolution(turned(norm(x)), channels, 2 * channels, taps: 1)
        x = gate(x)
        if variation.hasMask {
            let zeros = node("Mul", [x, weight([], [0])])
            x = node("Where", [node("Less", [zeros, weight([], [-1])]), zeros, x])
        }
        x = convolution(
            x, channels / variation.groups, channels, taps: 5,
            [("pads", .integers([2, 2])), ("group", .integer(Int64(variation.groups)))])
        x = swish(turned(norm(turned(x))))
        return turned(convolution(x, channels, channels, taps: 1))
    }

    private mutating func gate(_ x: String) -> String {
        let channels = Int64(Self.channels)
        let (first, second): (String, String)
        if variation.isSplit {
            writer.add(
                "Split", name: "split\(count)", inputs: [x], outputs: ["\(x)_a", "\(x)_b"],
                attributes: [("axis", .integer(1))])
            (first, second) = ("\(x)_a", "\(x)_b")
        } else {
            let middle = integers(channels)
            first = slice(x, integers(0), middle, axis: 1)
            second = slice(x, middle, integers(2 * channels), axis: 1)
        }
        return variation.isGateFirst
            ? node("Mul", [second, node("Sigmoid", [first])]) : node("Mul", [first, node("Sigmoid", [second])])
    }
}

import Foundation
import ONNXFile

extension RandomConformer {
    func swapped(_ tables: (String, String)) -> (String, String) { (tables.1, tables.0) }

    mutating func node(
        _ type: String, _ inputs: [String], _ attributes: [(String, ONNXModelWriter.Attribute)] = []
    ) -> String {
        count += 1
        writer.add(type, name: "node\(count)", inputs: inputs, outputs: ["v\(count)"], attributes: attributes)
        return "v\(count)"
    }

    mutating func weight(_ shape: [Int], _ values: [Float]) -> String {
        count += 1
        writer.add(ONNXWeight("w\(count)", shape: shape) { values })
        return "w\(count)"
    }

    mutating func integers(_ values: Int64...) -> String {
        count += 1
        writer.add(ONNXWeight("i\(count)", shape: [values.count], integers: values))
        return "i\(count)"
    }

    /// Numbers that keep the size of what they are multiplied with.
    mutating func matrix(_ shape: [Int], fan: Int) -> String {
        let limit = (3 / Float(fan)).squareRoot()
        let count = shape.reduce(1, *)
        // Large ones are for tests that only need them to be large.
        if count > 200_000 { return weight(shape, [Float](repeating: limit / 9, count: count)) }
        return weight(shape, (0..<count).map { _ in Float.random(in: -limit...limit, using: &random) })
    }

    mutating func sum(_ trunk: String, _ branch: String) -> String {
        node("Add", variation.isSumSwapped ? [branch, trunk] : [trunk, branch])
    }

    mutating func linear(_ x: String, _ inputs: Int, _ outputs: Int) -> String {
        let product = node("MatMul", [x, matrix([inputs, outputs], fan: inputs)])
        return sum(matrix([outputs], fan: 100), product)
    }

    mutating func convolution(
        _ x: String, _ inputs: Int, _ outputs: Int, taps: Int, _ attributes: [(String, ONNXModelWriter.Attribute)] = []
    ) -> String {
        let weights = matrix([outputs, inputs, taps], fan: inputs * taps)
        return node("Conv", [x, weights, matrix([outputs], fan: 100)], attributes)
    }

    mutating func norm(_ x: String) -> String {
        let gains = (0..<Self.channels).map { _ in Float.random(in: 0.5...1.5, using: &random) }
        return node(
            "LayerNormalization", [x, weight([Self.channels], gains), matrix([Self.channels], fan: 100)],
            [("axis", .integer(-1)), ("epsilon", .float(variation.epsilon))])
    }

    mutating func swish(_ x: String) -> String { node("Mul", [x, node(variation.activation, [x])]) }

    mutating func turned(_ x: String) -> String { node("Transpose", [x], [("perm", .integers([0, 2, 1]))]) }

    mutating func slice(_ x: String, _ start: String, _ end: String, axis: Int64) -> String {
        node("Slice", [x, start, end, integers(axis)])
    }

    /// A port whose axes are all open, taken from a file with nothing else.
    static func port(_ name: String, _ type: Int64, _ rank: Int) throws -> ONNXValueInfo {
        func message(_ field: UInt8, _ content: [UInt8]) -> [UInt8] {
            [field << 3 | 2, UInt8(content.count)] + content
        }
        let axes = (0..<rank).flatMap { message(1, message(2, Array("\(name)_\($0)".utf8))) }
        let port = message(1, Array(name.utf8)) + message(2, message(1, [8, UInt8(type)] + message(2, axes)))
        return try ONNXValueInfo(Data(port))
    }

    /// Numbers that are the same on every run (a linear congruence, Knuth's MMIX).
    package struct Numbers: RandomNumberGenerator {
        var state: UInt64
        package init(state: UInt64) { self.state = state }
        package mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }
}

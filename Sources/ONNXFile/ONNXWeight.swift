package import Foundation

/// A weight of a model that is being written. Its bytes are made when their turn has come, and not kept.
package struct ONNXWeight: Sendable {
    package let name: String
    /// The message without its numbers.
    let header: Data
    /// What follows the header: `raw_data`, or nothing when the header is the whole message.
    let byteCount: Int
    let makeBytes: @Sendable () throws -> Data

    /// A new weight.
    ///
    /// - Parameters:
    ///   - elementType: as in `ONNXTensor`.
    ///   - elementSize: bytes of an element.
    ///   - makeBytes: gives the elements, little-endian, in row-major order.
    package init(
        _ name: String, elementType: Int64, elementSize: Int, shape: [Int],
        makeBytes: @escaping @Sendable () throws -> Data
    ) {
        byteCount = shape.reduce(elementSize, *)
        var message = WireWriter()
        for size in shape { message.integer(1, Int64(size)) }
        message.integer(2, elementType)
        message.text(8, name)
        message.key(9, byteCount: byteCount)
        (self.name, header, self.makeBytes) = (name, message.bytes, makeBytes)
    }

    /// 32-bit floats; with `isHalf`, halves that are rounded as `Float.half` is.
    package init(
        _ name: String, shape: [Int], isHalf: Bool = false, makeFloats: @escaping @Sendable () throws -> [Float]
    ) {
        self.init(name, elementType: isHalf ? 10 : 1, elementSize: isHalf ? 2 : 4, shape: shape) {
            let values = try makeFloats()
            return isHalf ? values.map(\.half).withUnsafeBytes { Data($0) } : values.withUnsafeBytes { Data($0) }
        }
    }

    /// 64-bit integers.
    package init(_ name: String, shape: [Int], integers: [Int64]) {
        self.init(name, elementType: 7, elementSize: 8, shape: shape) { integers.withUnsafeBytes { Data($0) } }
    }

    /// A weight of another file, as it is.
    package init(_ tensor: ONNXTensor) {
        (name, header, byteCount, makeBytes) = (tensor.name, tensor.message, 0, { Data() })
    }
}

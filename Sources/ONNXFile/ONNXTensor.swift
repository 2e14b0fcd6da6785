package import Foundation

/// A tensor of a file. Its numbers stay where they are in the file until they are asked for.
package struct ONNXTensor: Sendable {
    package private(set) var name = ""
    /// `TensorProto.DataType`: 1 float, 2 uint8, 3 int8, 6 int32, 7 int64, …
    package private(set) var elementType: Int64 = 0
    /// Sizes of the axes, outermost first; none for a single number.
    package private(set) var shape: [Int] = []
    /// Number of elements, the product of `shape`: at most 2⁴⁰, which says nothing of what the file holds.
    package private(set) var count = 1
    /// The bytes of the elements, little-endian, in row-major order; `nil` when they are kept as a list of numbers.
    package private(set) var rawBytes: Data?
    /// The tensor as it stands in the file.
    package let message: Data

    /// More axes than this no operator of ours has.
    private static let largestRank = 16
    /// No file has more elements; so a count times the size of an element always fits.
    private static let largestCount = 1 << 40

    /// TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data, 14 data_location (1: external).
    init(_ message: Data) throws(ONNXFileError) {
        self.message = message
        var reader = WireReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: try readAxes(field)
            case 2: elementType = try field.integer()
            case 8: name = try field.text()
            case 9: rawBytes = try field.bytes()
            case 13: throw Self.external(name)
            case 14 where try field.integer() == 1: throw Self.external(name)
            default: break
            }
        }
    }

    private mutating func readAxes(_ field: WireReader.Field) throws(ONNXFileError) {
        var (shape, count) = (self.shape, self.count)
        try field.integers { size throws(ONNXFileError) in
            let (product, overflow) = count.multipliedReportingOverflow(by: Int(size))
            guard size >= 0, !overflow, product <= Self.largestCount, shape.count < Self.largestRank else {
                throw .malformed("sizes of a tensor")
            }
            shape.append(Int(size))
            count = product
        }
        (self.shape, self.count) = (shape, count)
    }

    private static func external(_ name: String) -> ONNXFileError {
        ONNXFileError(
            .externalData, "The model keeps its weights in another file. Use an export that is one file.",
            detail: name)
    }

    /// Calls `body` with the fields of one number: the elements of a tensor without `rawBytes`.
    func forEachListed(
        _ number: Int, _ body: (WireReader.Field) throws(ONNXFileError) -> Void
    ) throws(ONNXFileError) {
        var reader = WireReader(message)
        while let field = try reader.next() {
            if field.number == number { try body(field) }
        }
    }
}

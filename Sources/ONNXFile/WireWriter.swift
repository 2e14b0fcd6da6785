import Foundation

/// Builds one protobuf message, field by field.
struct WireWriter {
    private(set) var bytes = Data()

    mutating func integer(_ field: Int, _ value: Int64) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: value))
    }

    mutating func float(_ field: Int, _ value: Float) {
        varint(UInt64(field) << 3 | 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ field: Int, _ value: String) { message(field, Data(value.utf8)) }

    mutating func message(_ field: Int, _ content: Data) {
        key(field, byteCount: content.count)
        bytes.append(content)
    }

    /// The key and the length of a field whose content is written elsewhere.
    mutating func key(_ field: Int, byteCount: Int) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(byteCount))
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

import Foundation

/// The fields of one protobuf message, one after another. A length that reaches past the end is an error, never read.
///
/// Encoding: protobuf.dev/programming-guides/encoding. Groups, which ONNX does not use, are refused.
struct WireReader {
    /// A field's content by wire type.
    enum Content {
        case integer(UInt64)  // 0, varint
        case eightBytes(UInt64)  // 1
        case bytes(Data)  // 2: text, message, packed numbers; not copied
        case fourBytes(UInt32)  // 5
    }

    struct Field {
        let number: Int
        let content: Content
    }

    private let message: Data
    private var position: Int

    init(_ message: Data) {
        self.message = message
        position = message.startIndex
    }

    /// The next field; `nil` at the end of the message.
    mutating func next() throws(ONNXFileError) -> Field? {
        guard position < message.endIndex else { return nil }
        let key = try varint()
        // Field numbers have 29 bits; 0 is none.
        guard key >> 3 > 0, key >> 3 < 1 << 29 else { throw .malformed("field number \(key >> 3)") }
        return Field(number: Int(key >> 3), content: try content(ofType: key & 7))
    }

    /// The next number of a packed field; `nil` at its end.
    mutating func nextPacked() throws(ONNXFileError) -> UInt64? {
        position < message.endIndex ? try varint() : nil
    }

    private mutating func content(ofType type: UInt64) throws(ONNXFileError) -> Content {
        switch type {
        case 0: return .integer(try varint())
        case 1: return .eightBytes(Self.littleEndian(try take(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(message.endIndex - position) else {
                throw .malformed("a length of \(length) at byte \(position) reaches past the end")
            }
            return .bytes(try take(Int(length)))
        case 5: return .fourBytes(UInt32(truncatingIfNeeded: Self.littleEndian(try take(4))))
        default: throw .malformed("wire type \(type) at byte \(position)")
        }
    }

    private mutating func take(_ count: Int) throws(ONNXFileError) -> Data {
        guard count <= message.endIndex - position else { throw .malformed("the file ends at byte \(position)") }
        defer { position += count }
        return message[position..<position + count]
    }

    /// At most ten bytes of seven bits each, the lowest first.
    private mutating func varint() throws(ONNXFileError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < message.endIndex else { throw .malformed("the file ends inside a number") }
            let byte = message[position]
            position += 1
            // The tenth byte has room for one bit; what is above it is dropped, as protobuf does.
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed("a number of more than ten bytes at byte \(position)")
    }

    private static func littleEndian(_ bytes: Data) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

extension WireReader.Field {
    /// The field as a number.
    func integer() throws(ONNXFileError) -> Int64 {
        guard case .integer(let value) = content else { throw mismatch }
        return Int64(bitPattern: value)
    }

    /// The field as bytes, text or a message.
    func bytes() throws(ONNXFileError) -> Data {
        guard case .bytes(let value) = content else { throw mismatch }
        return value
    }

    func text() throws(ONNXFileError) -> String {
        guard let text = String(data: try bytes(), encoding: .utf8) else {
            throw .malformed("field \(number) is not UTF-8")
        }
        return text
    }

    /// The numbers of a repeated field: one, or some packed.
    func integers(_ body: (Int64) throws(ONNXFileError) -> Void) throws(ONNXFileError) {
        guard case .bytes(let packed) = content else { return try body(integer()) }
        var reader = WireReader(packed)
        while let value = try reader.nextPacked() { try body(Int64(bitPattern: value)) }
    }

    var mismatch: ONNXFileError { .malformed("field \(number) has another wire type") }
}

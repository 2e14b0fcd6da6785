/// The bytes of arguments and environment variables as text and back, without loss.
///
/// A file name is bytes. What is not UTF-8 in it is written as private characters, one for each byte (the way of
/// Python's `surrogateescape`), so that it survives the parser of arguments. Such characters in valid text are written
/// the same way.
enum ArgumentBytes {
    /// U+10F780…U+10F7FF stand for the bytes 0x80…0xFF.
    private static let escapes: ClosedRange<UInt32> = 0x10F780...0x10F7FF
    private static let base: UInt32 = 0x10F700

    /// The arguments of the process, without its name.
    static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            // Proof: argc and argv are those that the process was started with; nothing in this program changes them.
            unsafe CommandLine.unsafeArgv[index].map { unsafe text(ofCString: $0) }
        }
    }

    /// Bytes as text.
    static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { escapes.contains($0.value) })
        {
            return text
        }
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while !rest.isEmpty {
            let (count, scalar) = next(rest)
            if let scalar, !escapes.contains(scalar.value) {
                scalars.append(scalar)
            } else {
                for byte in rest.prefix(count) {
                    if let escape = Unicode.Scalar(base + UInt32(byte)) { scalars.append(escape) }
                }
            }
            rest = rest.dropFirst(count)
        }
        return String(scalars)
    }

    /// The bytes that `text` was made of.
    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            escapes.contains(scalar.value) ? [UInt8(scalar.value - base)] : Array(String(scalar).utf8)
        }
    }

    /// A C string as text.
    static func text(ofCString pointer: UnsafePointer<CChar>) -> String {
        // Proof: see below.
        text(unsafe bytes(ofCString: pointer))
    }

    /// The bytes of a C string, without the zero.
    static func bytes(ofCString pointer: UnsafePointer<CChar>) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = 0
        // Proof: the caller gives a C string, which ends in a zero.
        while case let byte = unsafe pointer[index], byte != 0 {
            bytes.append(UInt8(bitPattern: byte))
            index += 1
        }
        return bytes
    }

    /// How many bytes come next, and which character they are; `nil` for what is none.
    private static func next(_ bytes: ArraySlice<UInt8>) -> (count: Int, scalar: Unicode.Scalar?) {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        switch parser.parseScalar(from: &iterator) {
        case .valid(let encoded): return (encoded.count, Unicode.UTF8.decode(encoded))
        case .error(let length): return (max(1, length), nil)
        case .emptyInput: return (max(1, bytes.count), nil)
        }
    }
}

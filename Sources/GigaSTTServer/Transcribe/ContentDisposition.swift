/// The header that makes a browser save an answer under a name (RFC 6266, RFC 8187).
enum ContentDisposition {
    /// The value for the name that the client asked for; `transcript` and the extension when it is empty.
    static func attachment(_ name: String, fileExtension: String) -> String {
        let name = name.isEmpty ? "transcript.\(fileExtension)" : name
        let plain = name.unicodeScalars.map { scalar in
            scalar.isASCII && scalar.value >= 32 && scalar.value != 127 && scalar != "\"" && scalar != "\\"
                ? String(scalar) : "_"
        }.joined()
        return #"attachment; filename="\#(plain)"; filename*=UTF-8''\#(name.utf8.map(escape).joined())"#
    }

    private static func escape(_ byte: UInt8) -> String {
        let scalar = Unicode.Scalar(byte)
        let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        if isPlain || "!#$&+-.^_`|~".unicodeScalars.contains(scalar) { return String(scalar) }
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
}

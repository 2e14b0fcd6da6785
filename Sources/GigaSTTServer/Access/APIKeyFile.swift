/// The text file of API keys: `NAME ROLE[,ROLE] KEY` a line, where the key may be given as `sha256:` and its digest.
enum APIKeyFile {
    /// Largest file: more than the limit of keys, each as long as it may be.
    static let byteLimit = 1 << 20
    /// Most keys: each request is compared with all of them, which takes microseconds then.
    static let keyLimit = 1_000
    /// Shortest key that is written out: shorter ones can be guessed.
    static let keyByteMinimum = 16
    static let nameByteLimit = 64

    /// What a file holds.
    struct Content: Sendable, Hashable {
        var keys = APIKeys()
        /// Whether any key is written out.
        var holdsSecrets = false
    }

    /// Reads the lines. No error quotes any of them.
    ///
    /// Throws `ServerError` with code `fileUnusable`.
    static func parse(_ bytes: [UInt8]) throws(ServerError) -> Content {
        var content = Content()
        var numbers: [Int] = []
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]  // what some editors put in front of UTF-8
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        for (index, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let fields = line.split { $0 == 32 || $0 == 9 || $0 == 13 }
            guard let first = fields.first, first.first != UInt8(ascii: "#") else { continue }
            let number = index + 1
            guard fields.count == 3 else {
                throw failure(number, "is not of the form NAME ROLE[,ROLE] KEY")
            }
            let holder = APIKeys.Holder(name: try name(first, number), roles: try roles(fields[1], number))
            let digest = try digest(fields[2], number, &content.holdsSecrets)
            if let place = content.keys.add(digest, of: holder) {
                throw failure(number, "has the key of line \(numbers[place]) again")
            }
            numbers.append(number)
            guard numbers.count <= keyLimit else {
                throw failure(number, "is one key more than the \(keyLimit) allowed")
            }
        }
        guard content.keys.count > 0 else {
            throw ServerError(
                .fileUnusable, "--api-key-file: the file holds no key, so that every request would be refused. Add one."
            )
        }
        return content
    }

    private static func name(_ field: ArraySlice<UInt8>, _ line: Int) throws(ServerError) -> String {
        let isPlain = field.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
        }
        guard isPlain, field.count <= nameByteLimit else {
            throw failure(line, "has a name that is not 1 to \(nameByteLimit) of the characters A-Z a-z 0-9 . _ -")
        }
        return String(decoding: field, as: UTF8.self)
    }

    private static func roles(_ field: ArraySlice<UInt8>, _ line: Int) throws(ServerError) -> APIKeyRoles {
        var roles: APIKeyRoles = []
        for name in String(decoding: field, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false) {
            guard let role = APIKeyRoles(name: name) else {
                throw failure(line, "has a role that is not transcribe, admin or metrics")
            }
            roles.insert(role)
        }
        return roles
    }

    private static func digest(
        _ field: ArraySlice<UInt8>, _ line: Int, _ holdsSecrets: inout Bool
    ) throws(ServerError) -> KeyDigest {
        let prefix = Array("sha256:".utf8)
        if field.starts(with: prefix) {
            guard let digest = KeyDigest(hexadecimal: field.dropFirst(prefix.count)) else {
                throw failure(line, "has a sha256: that is not followed by 64 hexadecimal digits")
            }
            return digest
        }
        guard APIKeys.isWellFormed(field), field.count >= keyByteMinimum else {
            throw failure(
                line, "has a key that is not \(keyByteMinimum) to \(APIKeys.keyByteLimit) visible ASCII characters")
        }
        holdsSecrets = true
        return KeyDigest(of: field)
    }

    private static func failure(_ line: Int, _ claim: String) -> ServerError {
        ServerError(.fileUnusable, "--api-key-file: line \(line) \(claim). Correct it.")
    }
}

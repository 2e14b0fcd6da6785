import Crypto

/// The API keys of a server. Only digests are kept in memory.
struct APIKeys: Sendable, Hashable {
    /// The owner of a key.
    struct Holder: Sendable, Hashable {
        /// Plain characters, fit for a log.
        let name: String
        let roles: APIKeyRoles
    }

    /// Longest key in bytes; a longer one is refused unread.
    static let keyByteLimit = 256

    private var digests: [KeyDigest] = []
    private var holders: [Holder] = []

    /// Keys in all.
    var count: Int { holders.count }

    /// Adds a key; returns the index of an equal one that is there already, and then adds nothing.
    mutating func add(_ digest: KeyDigest, of holder: Holder) -> Int? {
        if let place = digests.firstIndex(of: digest) { return place }
        digests.append(digest)
        holders.append(holder)
        return nil
    }

    /// The holder of a key. Takes the same time for every key of a length, known or not.
    func holder(of key: String) -> Holder? {
        guard Self.isWellFormed(key.utf8) else { return nil }
        let wanted = KeyDigest(of: key.utf8)
        var place = -1
        for index in digests.indices { place = digests[index] == wanted ? index : place }
        return place < 0 ? nil : holders[place]
    }

    /// Visible ASCII, short enough.
    static func isWellFormed(_ key: some Collection<UInt8>) -> Bool {
        (1...keyByteLimit).contains(key.count) && key.allSatisfy { (33...126).contains($0) }
    }
}

/// SHA-256 of a key.
struct KeyDigest: Sendable, Hashable {
    private let words: SIMD4<UInt64>

    init(of key: some Collection<UInt8>) {
        var words = SIMD4<UInt64>()
        for (index, byte) in SHA256.hash(data: Array(key)).enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = words
    }

    /// 64 hexadecimal digits.
    init?(hexadecimal digits: some Collection<UInt8>) {
        guard digits.count == 64 else { return nil }
        var words = SIMD4<UInt64>()
        for (index, digit) in digits.enumerated() {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue, digit < 128 else { return nil }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        self.words = words
    }

    /// Compares in constant time.
    static func == (first: KeyDigest, second: KeyDigest) -> Bool {
        let difference = first.words ^ second.words
        return difference[0] | difference[1] | difference[2] | difference[3] == 0
    }
}

/// A Russian word as a number: six bits a letter, so that a dictionary of words compares integers.
///
/// Letters are folded to lower case. Words of more than 21 letters, and words with anything but Russian letters, have
/// no key.
struct WordKey: Hashable, Sendable {
    static let longest = 21
    private let bits: UInt128

    /// Reads UTF-8. With `foldsYo`, ё counts as е.
    init?(_ bytes: [UInt8], in word: Range<Int>, foldsYo: Bool = true) {
        guard word.count % 2 == 0, (1...Self.longest).contains(word.count / 2) else { return nil }
        var bits: UInt128 = 0
        for index in stride(from: word.lowerBound, to: word.upperBound, by: 2) {
            guard let letter = Self.letter(bytes[index], bytes[index + 1], foldsYo: foldsYo) else { return nil }
            bits = bits << 6 | UInt128(letter)
        }
        self.bits = bits
    }

    init?(_ word: some StringProtocol, foldsYo: Bool = true) {
        let bytes = Array(word.utf8)
        self.init(bytes, in: bytes.indices, foldsYo: foldsYo)
    }

    func hash(into hasher: inout Hasher) {
        // One word for the hasher: the letters are mixed well enough by a multiplication.
        hasher.combine(
            UInt64(truncatingIfNeeded: bits) ^ UInt64(truncatingIfNeeded: bits >> 64) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// 1 for а … 32 for я, 33 for ё.
    private static func letter(_ lead: UInt8, _ byte: UInt8, foldsYo: Bool) -> UInt8? {
        switch (lead, byte) {
        case (0xD0, 0x90...0xAF): byte - 0x8F  // А…Я
        case (0xD0, 0xB0...0xBF): byte - 0xAF  // а…п
        case (0xD1, 0x80...0x8F): byte - 0x6F  // р…я
        case (0xD0, 0x81), (0xD1, 0x91): foldsYo ? 6 : 33  // Ё, ё
        default: nil
        }
    }
}

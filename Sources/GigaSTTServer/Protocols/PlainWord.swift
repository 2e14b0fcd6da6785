import GigaSTT

extension Word {
    /// The word in lower case without the punctuation around it, as recognisers without punctuation write it; `nil` for
    /// punctuation alone. Punctuation within a word is part of it: "кто-то", "3,5".
    var plainText: String? {
        let lowered = text.lowercased()
        let isSpoken = { (character: Character) in character.isLetter || character.isNumber }
        guard let first = lowered.firstIndex(where: isSpoken), let last = lowered.lastIndex(where: isSpoken) else {
            return nil
        }
        return String(lowered[first...last])
    }
}

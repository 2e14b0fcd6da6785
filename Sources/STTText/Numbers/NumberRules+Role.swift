extension NumberRules {
    /// What a word can be in a number.
    package enum Role: Sendable, Hashable {
        case numeral
        /// A unit, a month, a sign: it belongs to a number beside it.
        case companion
    }

    /// The role of a word; `nil` for one that belongs to no number.
    package static func role(of word: String) -> Role? {
        let bytes = Array(word.utf8)
        guard let entry = NumeralLexicon.shared.entry(bytes, bytes.indices) else { return nil }
        return entry.numeral != nil ? .numeral : entry.keyword != nil ? .companion : nil
    }
}

import Foundation
package import STTValues

/// Writes phrases in the letters of a vocabulary, whatever their case, with е for ё on both sides.
package struct PhraseSpelling: Sendable {
    private let symbols: [[UInt32]]
    /// Tokens of one letter: nearly all vocabularies have one for each letter.
    private let letters: Set<UInt32>
    private let pieces: Set<[UInt32]>
    private let longestPiece: Int
    private let hasHyphen: Bool

    private static let mark = Vocabulary.wordStart.unicodeScalars.first?.value ?? 0

    package init(_ vocabulary: Vocabulary) {
        symbols = (0..<vocabulary.count).map { Self.fold(vocabulary.text($0)) }
        letters = Set(symbols.filter { $0.count == 1 }.joined())
        pieces = Set(symbols.filter { !$0.isEmpty })
        longestPiece = symbols.map(\.count).max() ?? 0
        hasHyphen = symbols.contains { $0.contains(0x2D) }
    }

    /// The phrases as a bias, `nil` for none, and those that the vocabulary cannot write.
    package func bias(_ hotwords: Hotwords) -> (bias: TokenBias?, unspellable: [String]) {
        var (phrases, unspellable) = ([TokenBias.Phrase](), [String]())
        for phrase in hotwords.phrases {
            guard let spelled = spell(phrase.text) else {
                unspellable.append(phrase.text)
                continue
            }
            phrases.append(TokenBias.Phrase(spelled, boost: min(hotwords.boost * phrase.weight, Self.highestBoost)))
        }
        return (TokenBias(phrases, symbols: symbols, mark: Self.mark), unspellable)
    }

    /// `▁` and the letters of each word; `nil` when no tokens write it, it has no letters, or it is too long.
    ///
    /// Where no token has a hyphen, the model writes the parts as words. A word of up to three letters is also the
    /// beginning of many others, so the phrase has to end there; longer ones may get an ending.
    package func spell(_ phrase: String) -> [UInt32]? {
        guard phrase.unicodeScalars.count <= Hotwords.lengthLimit else { return nil }
        let isGap: (Character) -> Bool = { $0.isWhitespace || $0 == Vocabulary.wordStart || !hasHyphen && $0 == "-" }
        let words = phrase.split(whereSeparator: isGap).map { Self.fold(String($0)) }
        guard words.contains(where: { !$0.isEmpty }) else { return nil }
        let spelled = words.flatMap { [Self.mark] + $0 }
        guard isWritable(spelled) else { return nil }
        let letterCount = spelled.count - words.count
        return letterCount < Self.freeEnding ? spelled + [Self.mark] : spelled
    }

    /// Far above what still leaves the choice to the model.
    private static let highestBoost: Float = 100
    /// Letters from which on a phrase may get an ending.
    private static let freeEnding = 4

    private func isWritable(_ spelled: [UInt32]) -> Bool {
        if spelled.allSatisfy(letters.contains) { return true }
        var reached = [true] + [Bool](repeating: false, count: spelled.count)
        for start in spelled.indices where reached[start] {
            for end in start + 1..<min(start + longestPiece, spelled.count) + 1 where !reached[end] {
                reached[end] = pieces.contains(Array(spelled[start..<end]))
            }
        }
        return reached[spelled.count]
    }

    private static func fold(_ text: String) -> [UInt32] {
        text.precomposedStringWithCanonicalMapping.lowercased().unicodeScalars.map { $0 == "ё" ? 0x435 : $0.value }
    }
}

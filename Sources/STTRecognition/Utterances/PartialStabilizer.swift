package import STTValues

/// Which words of a partial will not change: those on which two decodes in a row agree (LocalAgreement-2, Liu et
/// al. 2020), unless they end at the edge of the audio. What was called stable stays, whatever later decodes say.
package struct PartialStabilizer: Sendable {
    /// Two words of the same text closer than this, in seconds, are the same word.
    private static let sameWordDistance = 0.4

    private var stable: [Word] = []
    private var previous: [Word] = []

    package init() {}

    /// Takes the words of the next decode; `edge` is the time before which a word is complete.
    package mutating func next(_ words: [Word], edge: Double) -> Partial {
        let open = behindStable(words)
        let before = previous.dropFirst(stable.count)
        let agreed = zip(open, before).prefix { $0.text == $1.text && $0.lastToken <= edge }.map { $0.0 }
        previous = stable + open
        stable += agreed
        return Partial(words: stable + open.dropFirst(agreed.count), stableWordCount: stable.count)
    }

    /// The words behind the stable ones. A decode with another reading of those may have more or fewer of them: then
    /// the times decide which words are new.
    private func behindStable(_ words: [Word]) -> [Word] {
        guard let last = stable.last else { return words }
        let agrees = words.count >= stable.count && zip(words, stable).allSatisfy { $0.text == $1.text }
        let rest = agrees ? words.dropFirst(stable.count) : words.drop { isHeard($0, last) }
        return rest.map { word in
            var word = word
            word.start = max(word.start, last.lastToken)
            word.lastToken = max(word.lastToken, word.start)
            word.end = max(word.end, word.lastToken)
            return word
        }
    }

    private func isHeard(_ word: Word, _ last: Word) -> Bool {
        let middle = (word.start + word.lastToken) / 2
        let isSame = word.text == last.text && middle - (last.start + last.lastToken) / 2 < Self.sameWordDistance
        return isSame || middle <= last.lastToken
    }
}

/// Writes the Russian numerals of a text in digits: cardinals and ordinals, dates, times, money, measures, fractions and
/// telephone numbers.
///
/// Words outside a number are never changed, zeros are never lost, and neighbouring numbers are never joined unless they
/// are groups of one: a telephone number, a code. The time is linear in the text.
package struct NumberNormalizer: Sendable {
    package struct Result: Sendable {
        /// The phrases that are written otherwise, in order.
        package var tokens: [NumberToken] = []
        /// How many words of the input, from the first, keep what was made of them whatever follows.
        package var settledWordCount = 0
    }

    private let policy: NumberPolicy

    package init(policy: NumberPolicy = NumberPolicy()) { self.policy = policy }

    /// Takes UTF-8 text and where its words are.
    package func normalize(_ bytes: [UInt8], words: [Range<Int>]) -> Result {
        var phrases = NumberPhrases(bytes: bytes, words: words, policy: policy)
        var result = Result()
        var index = 0
        var settled: Int?
        while index < words.count {
            let phrase = phrases.phrase(index)
            if settled == nil, phrases.reader.touchedEnd { settled = index }
            guard let phrase else {
                index += 1
                continue
            }
            let (before, after) = phrases.reader.surroundings(phrase.words)
            let text =
                String(decoding: bytes[before], as: UTF8.self) + phrase.text
                + String(decoding: bytes[after], as: UTF8.self)
            result.tokens.append(NumberToken(text: text, source: phrase.words))
            index = phrase.words.upperBound
        }
        result.settledWordCount = settled ?? words.count
        return result
    }
}

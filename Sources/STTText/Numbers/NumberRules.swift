/// Inverse text normalisation: how the numerals of a text become digits.
package enum NumberRules: Sendable, Hashable {
    /// As gigastt 2.x does it, result for result.
    case compatible
    case full(NumberPolicy)

    /// Text made of words, and how far it stays as it is.
    package struct Output: Sendable {
        /// Pieces that cover all words, in order.
        package var tokens: [NumberToken] = []
        /// How many words, from the first, keep what was made of them whatever words follow.
        package var settledWordCount = 0
    }

    /// Takes words without white space. The time is linear in their length.
    package func apply(to words: [String]) -> Output {
        switch self {
        case .compatible:
            // Any number may be joined to the next one.
            let tokens = CompatibleNumbers().tokens(words.map { $0[...] })
            let open = tokens.lastIndex { !$0.isDigits }.map { $0 + 1 } ?? 0
            return Output(
                tokens: tokens, settledWordCount: open < tokens.count ? tokens[open].source.lowerBound : words.count)
        case .full(let policy):
            var bytes: [UInt8] = []
            var ranges: [Range<Int>] = []
            for word in words {
                let start = bytes.count
                bytes += word.utf8
                ranges.append(start..<bytes.count)
                bytes.append(0x20)
            }
            let result = NumberNormalizer(policy: policy).normalize(bytes, words: ranges)
            var tokens: [NumberToken] = []
            var next = 0
            for token in result.tokens {
                tokens += words[next..<token.source.lowerBound].enumerated().map {
                    NumberToken(text: $1, source: next + $0..<next + $0 + 1)
                }
                tokens.append(token)
                next = token.source.upperBound
            }
            tokens += words[next...].enumerated().map { NumberToken(text: $1, source: next + $0..<next + $0 + 1) }
            return Output(tokens: tokens, settledWordCount: result.settledWordCount)
        }
    }

    /// The text of a line, with single spaces between its words.
    package func apply(to line: String) -> String {
        apply(to: line.split(whereSeparator: \.isWhitespace).map(String.init)).tokens.map(\.text).joined(separator: " ")
    }
}

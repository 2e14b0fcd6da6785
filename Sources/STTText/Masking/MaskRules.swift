/// Finds words that are not to be shown: profanity, and numbers that belong to a person.
package struct MaskRules: Sendable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case profanity, card, phone, passport
        /// The insurance number of a person.
        case snils
        /// A tax number.
        case inn
    }

    /// Words that are masked together.
    package struct Match: Sendable, Hashable {
        package var kind: Kind
        package var words: Range<Int>

        package init(_ kind: Kind, _ words: Range<Int>) {
            self.kind = kind
            self.words = words
        }
    }

    package struct Output: Sendable, Hashable {
        /// In order, without overlap.
        package var matches: [Match] = []
        /// The number at the end, and one word behind it, that may become one of a person with the words that follow; empty
        /// when there is none.
        package var open = 0..<0
        /// Whether that number is long enough to be hidden until it is decided.
        package var hidesOpen = false
    }

    /// A number at the end with so many digits is hidden until it is decided.
    static let openDigitCount = 3

    private let masksProfanity: Bool
    private let masksPersonal: Bool

    package init(profanity: Bool, personal: Bool) {
        (masksProfanity, masksPersonal) = (profanity, personal)
    }

    /// Takes words without white space, in letters or in digits. The time is linear in their length.
    package func apply(to words: [String]) -> Output {
        var output = Output()
        if masksPersonal {
            var runs = DigitRuns(words)
            while let run = runs.next() {
                output.matches += PersonalNumbers.matches(in: run)
                // The last word may be the misheard beginning of a numeral.
                if run.words.upperBound >= words.count - 1 {
                    output.open = run.words.lowerBound..<words.count
                    output.hidesOpen = run.groups.reduce(0) { $0 + $1.digits.count } >= Self.openDigitCount
                }
            }
        }
        if masksProfanity {
            let found = words.indices.filter { Profanity.contains(words[$0]) }
            output.matches += found.map { Match(.profanity, $0..<$0 + 1) }
            output.matches.sort { $0.words.lowerBound < $1.words.lowerBound }
        }
        return output
    }
}

/// Reads the numbers that are words of a text.
///
/// It looks ahead no further than a phrase reaches, and notes when it would have looked beyond the last word: what
/// it says of those words may change when more follow.
struct NumberReader {
    struct Number: Hashable {
        enum Kind: Hashable {
            case cardinal
            case ordinal(OrdinalEnding)
            case collective
            /// 1,5: `value` is 1.
            case oneAndHalf
        }

        var value: Int
        var kind: Kind
        var words: Range<Int>

        var end: Int { words.upperBound }
        var isCardinal: Bool { kind == .cardinal }
    }

    let bytes: [UInt8]
    let words: [Range<Int>]
    private let lexicon = NumeralLexicon.shared
    /// Whether a word beyond the last was asked for.
    private(set) var touchedEnd = false

    init(bytes: [UInt8], words: [Range<Int>]) {
        self.bytes = bytes
        self.words = words
    }

    // MARK: Words

    /// What word `index` means; `nil` for a word without a meaning, and for none.
    mutating func entry(_ index: Int) -> NumeralEntry? {
        guard index < words.count else {
            touchedEnd = true
            return nil
        }
        return lexicon.entry(bytes, core(index))
    }

    mutating func keyword(_ index: Int) -> Keyword? { continues(index) ? entry(index)?.keyword : nil }

    mutating func roles(_ index: Int) -> NumeralEntry.Roles { continues(index) ? entry(index)?.roles ?? [] : [] }

    /// The roles of the word before `index`, if nothing stands between.
    mutating func rolesBefore(_ index: Int) -> NumeralEntry.Roles {
        index > 0 && continues(index) ? entry(index - 1)?.roles ?? [] : []
    }

    /// Whether no punctuation stands between word `index` and the one before it.
    func continues(_ index: Int) -> Bool {
        guard index > 0, index < words.count else { return true }
        return core(index).lowerBound == words[index].lowerBound
            && core(index - 1).upperBound == words[index - 1].upperBound
    }

    /// The same, or only a comma stands between: "пять рублей, десять копеек".
    func continuesOverComma(_ index: Int) -> Bool {
        guard !continues(index) else { return true }
        let before = core(index - 1).upperBound..<words[index - 1].upperBound
        return core(index).lowerBound == words[index].lowerBound && bytes[before].elementsEqual([0x2C])
    }

    /// Word `index` without the punctuation around it.
    func core(_ index: Int) -> Range<Int> {
        var word = words[index]
        if isLetter(word.lowerBound), word.count > 1, isLetter(word.upperBound - 2) { return word }
        while let length = Punctuation.leading(bytes[word]) { word = word.lowerBound + length..<word.upperBound }
        while let length = Punctuation.trailing(bytes[word]) { word = word.lowerBound..<word.upperBound - length }
        return word
    }

    /// Whether a Russian letter begins at a byte.
    private func isLetter(_ index: Int) -> Bool { bytes[index] == 0xD0 || bytes[index] == 0xD1 }

    /// The punctuation before and after the words of a phrase.
    func surroundings(_ phrase: Range<Int>) -> (before: Range<Int>, after: Range<Int>) {
        let first = words[phrase.lowerBound]
        let last = words[phrase.upperBound - 1]
        return (
            first.lowerBound..<core(phrase.lowerBound).lowerBound,
            core(phrase.upperBound - 1).upperBound..<last.upperBound
        )
    }

    func text(_ index: Int) -> String { String(decoding: bytes[core(index)], as: UTF8.self) }

    // MARK: Numbers

    /// The number that begins at a word: the longest sequence in which every part is smaller than the one before.
    mutating func number(_ start: Int) -> Number? {
        var total = 0
        var group = 0
        var bound = 1_000  // the next part of the group is smaller than this
        var powerBound = Int.max
        var index = start
        var groupStart = start
        var isOblique = false  // the last part is declined, so that one in the nominative begins another number
        func made(_ value: Int, _ kind: Number.Kind, _ end: Int) -> Number {
            Number(value: value, kind: kind, words: start..<end)
        }
        while index == start || continues(index), let word = entry(index), let numeral = word.numeral {
            let isFirst = index == start
            if group == 0 { groupStart = index }
            switch numeral {
            case .cardinal(0):
                return isFirst ? made(0, .cardinal, index + 1) : made(total + group, .cardinal, index)
            case .cardinal(let value) where value < bound && !(isOblique && word.isNominative):
                group += value
                bound = value >= 100 ? 100 : value >= 20 ? 10 : 0
                isOblique = !word.isNominative
            case .power(let power, let form) where power < powerBound && (group > 0 || isOne(form, at: index)):
                total += max(group, 1) * power
                (group, bound, powerBound, isOblique) = (0, 1_000, power, false)
            case .power where group > 0 && total > 0:
                // "пять миллионов три миллиона": what was read last belongs to the next number.
                return made(total, .cardinal, groupStart)
            case .ordinal(let value, let ending)
            where (value > 0 || isFirst) && !isOblique
                && (value < bound || (value >= 1_000 && group == 0 && value < powerBound)):
                return made(total + group + value, .ordinal(ending), index + 1)
            case .collective(let value) where value < bound:
                if continues(index + 1), case .power? = entry(index + 1)?.numeral {
                    group += value
                    bound = 0
                } else {
                    return made(total + group + value, .collective, index + 1)
                }
            case .oneAndHalf(let scale) where isFirst:
                if scale == 100 { return made(150, .cardinal, index + 1) }
                if continues(index + 1), case .power(let power, _)? = entry(index + 1)?.numeral {
                    return made(power * 3 / 2, .cardinal, index + 2)
                }
                return made(1, .oneAndHalf, index + 1)
            default:
                return isFirst ? nil : made(total + group, .cardinal, index)
            }
            index += 1
        }
        return index == start ? nil : made(total + group, .cardinal, index)
    }

    private mutating func isOne(_ form: PowerForm, at index: Int) -> Bool {
        guard form == .genitive else { return form == .singular }
        if rolesBefore(index).contains(.quantified) { return true }
        // "тысячи двухсот" is the genitive of 1200.
        guard continues(index + 1), let next = entry(index + 1), case .cardinal? = next.numeral else { return false }
        return !next.isNominative
    }

    /// The number at a word that follows another without punctuation.
    mutating func next(_ index: Int) -> Number? { continues(index) ? number(index) : nil }

    mutating func cardinal(_ index: Int) -> Number? {
        guard let number = next(index), number.isCardinal else { return nil }
        return number
    }
}

/// The marks that may stand before and after a word.
private enum Punctuation {
    static func leading(_ word: ArraySlice<UInt8>) -> Int? {
        guard word.count > 1, let first = word.first else { return nil }
        if [0x28, 0x5B, 0x22, 0x27].contains(first) { return 1 }  // ( [ " '
        if word.starts(with: [0xC2, 0xAB]) { return 2 }  // «
        return word.starts(with: [0xE2, 0x80, 0x9E]) ? 3 : nil  // „
    }

    static func trailing(_ word: ArraySlice<UInt8>) -> Int? {
        guard word.count > 1, let last = word.last else { return nil }
        if last < 0x80 {
            return [0x2C, 0x2E, 0x21, 0x3F, 0x3B, 0x3A, 0x29, 0x5D, 0x22, 0x27].contains(last) ? 1 : nil  // ,.!?;:)]"'
        }
        if word.suffix(2).elementsEqual([0xC2, 0xBB]) { return word.count > 2 ? 2 : nil }  // »
        let mark = word.suffix(3)
        return word.count > 3 && (mark.elementsEqual([0xE2, 0x80, 0xA6]) || mark.elementsEqual([0xE2, 0x80, 0x9C]))
            ? 3 : nil
    }
}

/// Finds the phrases of a text that are written with digits.
struct NumberPhrases {
    struct Phrase {
        var text: String
        var words: Range<Int>

        init(_ text: String, _ words: Range<Int>) {
            self.text = text
            self.words = words
        }
    }

    typealias Number = NumberReader.Number

    var reader: NumberReader
    let policy: NumberPolicy
    /// The end of a sequence of numbers that is no telephone number: not looked at twice.
    var checkedUntil = 0
    /// The end of the last number with a sign.
    private var signedEnd = -1

    init(bytes: [UInt8], words: [Range<Int>], policy: NumberPolicy) {
        reader = NumberReader(bytes: bytes, words: words)
        self.policy = policy
    }

    /// The phrase that begins at a word; `nil` when that word stays as it is.
    mutating func phrase(_ start: Int) -> Phrase? {
        guard let entry = reader.entry(start), !isIdiom(start) else { return nil }
        switch entry.keyword {
        case .minus: return signed("-", start)
        case .plus: return internationalTelephone(start) ?? signed("+", start)
        case .without: return timeBeforeHour(start)
        case .halfHour(let hour): return Phrase(time(hour - 1, 30), start..<start + 1)
        case .halfOf: return partOfHour(30, start)
        case .fourth where entry.numeral == nil: return partOfHour(15, start)
        default: break
        }
        guard entry.numeral != nil, let number = reader.number(start) else { return nil }
        switch number.kind {
        case .collective: return collective(number)
        case .ordinal(let ending): return date(number) ?? ordinal(number, ending)
        case .cardinal where isOtherWord(number): return nil
        case .cardinal:
            return digits(number) ?? timeOfDay(number) ?? minutesOfHour(number) ?? measured(start)
        case .oneAndHalf: return measured(start)
        }
    }

    // MARK: Cardinals

    /// An amount with what it is counted in.
    mutating func measured(_ start: Int, sign: String = "") -> Phrase? {
        guard let amount = amount(start) else { return nil }
        let text = sign + amount.text
        if let phrase = money(amount, sign: sign) ?? withUnit(amount, text) {
            return Phrase(phrase.text, start..<phrase.words.upperBound)
        }
        guard sign != "" || isWrittenInDigits(amount) else { return nil }
        return Phrase(sign + grouped(amount), start..<amount.end)
    }

    private mutating func signed(_ sign: String, _ start: Int) -> Phrase? {
        guard reader.continues(start + 1), reader.entry(start + 1)?.numeral != nil else { return nil }
        // "семь плюс пять" is a sum, not a number with a sign; "плюс пять плюс семь градусов" are two temperatures.
        let isSum = start > 0 && reader.continues(start) && reader.entry(start - 1)?.numeral != nil
        guard !isSum || start == signedEnd, let phrase = measured(start + 1, sign: sign),
            !isSum || phrase.text.contains("°")
        else { return nil }
        signedEnd = phrase.words.upperBound
        return Phrase(phrase.text, start..<phrase.words.upperBound)
    }

    /// "сорока" is a bird too, and "семью" a family.
    private mutating func isOtherWord(_ number: Number) -> Bool {
        guard number.words.count == 1, number.words.lowerBound > 0 || hasWord(number.end) else { return false }
        let word = reader.text(number.words.lowerBound).lowercased()
        switch word {
        case "сорока":
            return !reader.rolesBefore(number.words.lowerBound).contains(.quantified)
                && !isBehindPreposition(number.words.lowerBound) && !isCounting(number.end)
        case "семью": return !isCounting(number.end)
        default: return false
        }
    }

    /// No preposition stands before a nominative: behind one, a word that is spelled like a nominative is a number.
    private func isBehindPreposition(_ index: Int) -> Bool {
        index > 0 && reader.continues(index)
            && ["по", "при", "у", "в", "для", "без"].contains(reader.text(index - 1).lowercased())
    }

    /// Whether a word says what is counted.
    mutating func isCounting(_ index: Int) -> Bool {
        guard reader.continues(index), let entry = reader.entry(index) else { return false }
        if entry.roles.contains(.counted) { return true }
        switch entry.keyword {
        case .unit, .square, .cubic, .percent, .degree, .hour, .minute, .second, .rouble, .kopeck, .currency, .cent,
            .years:
            return true
        default: return false
        }
    }

    private mutating func isWrittenInDigits(_ amount: Amount) -> Bool {
        guard let value = amount.whole, value < 10, policy.smallNumbers != .digits else { return true }
        let start = amount.words.lowerBound
        if start == 0, !hasWord(amount.end) { return true }
        if !reader.rolesBefore(start).isDisjoint(with: [.label, .code, .phone]) { return true }
        if isBesideNumber(amount.words) { return true }
        switch policy.smallNumbers {
        case .words: return reader.keyword(amount.end) == .hour || reader.keyword(amount.end) == .minute
        case .auto where value == 1:
            return [.hour, .minute, .second, .kopeck, .cent].contains(reader.keyword(amount.end))
        default: return true
        }
    }

    /// Whether another number stands right before or after: what is counted or listed is written alike.
    private mutating func isBesideNumber(_ words: Range<Int>) -> Bool {
        if words.lowerBound > 0, reader.continues(words.lowerBound),
            case .cardinal? = reader.entry(words.lowerBound - 1)?.numeral
        {
            return true
        }
        if reader.continues(words.upperBound), case .cardinal? = reader.entry(words.upperBound)?.numeral { return true }
        return false
    }

    /// Whether there is a word `index`; asks for it, so that the answer counts as not settled at the end.
    mutating func hasWord(_ index: Int) -> Bool {
        _ = reader.entry(index)
        return index < reader.words.count
    }

    // MARK: Ordinals

    private mutating func ordinal(_ number: Number, _ ending: OrdinalEnding) -> Phrase? {
        let following = reader.keyword(number.end)
        if number.value >= 100, following == .year { return Phrase(String(number.value), number.words) }
        // "между четырнадцатым и тысяча девятьсот восемнадцатым годами"
        if number.value >= 1_000, number.value % 10 > 0, following == .years, ending == .m {
            return Phrase(String(number.value), number.words)
        }
        if number.value < 10, policy.smallNumbers != .digits {
            let isAlone = number.words.lowerBound == 0 && !hasWord(number.end)
            guard isAlone || reader.roles(number.end).contains(.ranked) else { return nil }
        }
        return Phrase("\(number.value)-\(ending.rawValue)", number.words)
    }

    private mutating func collective(_ number: Number) -> Phrase? {
        let isAlone = number.words.lowerBound == 0 && !hasWord(number.end)
        guard isAlone || (policy.smallNumbers != .words && reader.roles(number.end).contains(.collected)) else {
            return nil
        }
        return Phrase(String(number.value), number.words)
    }

    // MARK: Idioms

    private static let idioms = [
        "тысяча и одна", "тысячу и одну", "тысячи и одной", "семь раз отмерь", "один раз отрежь", "один на один",
        "одно и то же",
        "сто лет в обед", "семи пядей", "семь пятниц", "двух словах", "двумя словами", "раз два",
    ].map { $0.split(separator: " ").map(String.init) }
    private static let idiomsByFirstWord = Dictionary(grouping: idioms) { WordKey($0[0]) }

    private mutating func isIdiom(_ start: Int) -> Bool {
        guard let key = WordKey(reader.bytes, in: reader.core(start)), let idioms = Self.idiomsByFirstWord[key] else {
            return false
        }
        for idiom in idioms {
            var matches = true
            for (offset, word) in idiom.enumerated().dropFirst() where matches {
                _ = reader.entry(start + offset)
                matches = start + offset < reader.words.count && reader.text(start + offset).lowercased() == word
            }
            if matches { return true }
        }
        return false
    }

    // MARK: Digits

    /// A number with its thousands apart, where the policy asks for it.
    func grouped(_ amount: Amount, from length: Int = 5) -> String {
        guard policy.groupsThousands, let value = amount.whole else { return amount.text }
        let digits = String(value)
        guard digits.count >= length else { return digits }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "\u{A0}" }
            text.append(digit)
        }
        return text
    }
}

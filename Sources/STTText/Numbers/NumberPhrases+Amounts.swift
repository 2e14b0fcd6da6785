extension NumberPhrases {
    /// A number that may have a fraction.
    struct Amount {
        var text: String
        /// `nil` for a fraction.
        var whole: Int?
        var words: Range<Int>

        var end: Int { words.upperBound }
    }

    /// The amount that begins at a word: "пять", "пять целых три десятых", "две трети", "два с половиной", "полтора".
    mutating func amount(_ start: Int) -> Amount? {
        guard let number = reader.number(start) else { return nil }
        if number.kind == .oneAndHalf { return Amount(text: "1,5", whole: nil, words: number.words) }
        guard number.isCardinal else { return nil }
        func fraction(_ text: String, _ end: Int) -> Amount { Amount(text: text, whole: nil, words: start..<end) }
        switch reader.keyword(number.end) {
        case .whole:
            let after = reader.keyword(number.end + 1) == .and ? number.end + 2 : number.end + 1
            if let part = decimals(after) { return fraction("\(number.value),\(part.digits)", part.end) }
            if let part = quotient(after) { return fraction("\(number.value) \(part.text)", part.words.upperBound) }
        case .and:
            if let part = decimals(number.end + 1) { return fraction("\(number.value),\(part.digits)", part.end) }
        case .with where reader.keyword(number.end + 1) == .half:
            if number.value < 1_000, reader.continues(number.end + 2),
                case .power(let power, _)? = reader.entry(number.end + 2)?.numeral
            {
                let value = number.value * power + power / 2
                return Amount(text: String(value), whole: value, words: start..<number.end + 3)
            }
            return fraction("\(number.value),5", number.end + 2)
        case .point(let mark):
            if let part = digitsAfterPoint(number.end + 1) {
                return fraction("\(number.value)\(mark)\(part.digits)", part.end)
            }
        case .slash:
            if let part = reader.cardinal(number.end + 1) { return fraction("\(number.value)/\(part.value)", part.end) }
        default:
            if let part = decimals(start) { return fraction("0,\(part.digits)", part.end) }
            if let part = quotient(start) { return fraction(part.text, part.words.upperBound) }
        }
        return Amount(text: String(number.value), whole: number.value, words: number.words)
    }

    /// "три десятых" → "3", "пять сотых" → "05".
    private mutating func decimals(_ start: Int) -> (digits: String, end: Int)? {
        guard let numerator = reader.cardinal(start), let denominator = reader.next(numerator.end),
            case .ordinal(let ending) = denominator.kind, ending.isDenominator(of: numerator.value),
            denominator.words.count == 1,
            !reader.roles(denominator.end).contains(.ranked)
        else { return nil }
        var places = 0
        var power = 1
        while power < denominator.value {
            power *= 10
            places += 1
        }
        guard power == denominator.value, places > 0, numerator.value < power else { return nil }
        let digits = String(numerator.value)
        return (String(repeating: "0", count: places - digits.count) + digits, denominator.end)
    }

    /// "две трети" → "2/3".
    private mutating func quotient(_ start: Int) -> Phrase? {
        guard let numerator = reader.cardinal(start) else { return nil }
        let end = numerator.end
        switch reader.keyword(end) {
        case .third where numerator.value < 3: return Phrase("\(numerator.value)/3", start..<end + 1)
        case .fourth where numerator.value < 4, .quarter where numerator.value < 4:
            return Phrase("\(numerator.value)/4", start..<end + 1)
        default: break
        }
        guard let denominator = reader.next(end), case .ordinal(let ending) = denominator.kind,
            ending.isDenominator(of: numerator.value), denominator.value > numerator.value, numerator.value > 0,
            !reader.roles(denominator.end).contains(.ranked)
        else { return nil }
        return Phrase("\(numerator.value)/\(denominator.value)", start..<denominator.end)
    }

    /// The digits after "запятая": zeros and one number.
    private mutating func digitsAfterPoint(_ start: Int) -> (digits: String, end: Int)? {
        var digits = ""
        var index = start
        while let number = reader.cardinal(index) {
            digits += String(number.value)
            index = number.end
            if number.value != 0 { break }
        }
        return digits.isEmpty ? nil : (digits, index)
    }

    // MARK: Money

    mutating func money(_ amount: Amount, sign: String) -> Phrase? {
        switch reader.keyword(amount.end) {
        case .rouble: return price(amount, sign, "₽", minor: .kopeck)
        case .currency(let symbol, let hasCents): return price(amount, sign, symbol, minor: hasCents ? .cent : nil)
        default: return nil
        }
    }

    private mutating func price(_ amount: Amount, _ sign: String, _ symbol: String, minor: Keyword?) -> Phrase {
        let end = amount.end + 1
        let text = sign + grouped(amount, from: 4)
        if let minor, amount.whole != nil, reader.continuesOverComma(end) {
            let start = reader.keyword(end) == .and ? end + 1 : end
            if var cents = reader.number(start), cents.isCardinal {
                // "ноль ноль копеек"
                if cents.value == 0, let second = reader.cardinal(cents.end), second.value < 10 { cents = second }
                if cents.value < 100, reader.keyword(cents.end) == minor {
                    let places = cents.value < 10 ? "0\(cents.value)" : "\(cents.value)"
                    return Phrase("\(text),\(places) \(symbol)", amount.words.lowerBound..<cents.end + 1)
                }
            }
        }
        return Phrase("\(text) \(symbol)", amount.words.lowerBound..<end)
    }

    // MARK: Units

    mutating func withUnit(_ amount: Amount, _ text: String) -> Phrase? {
        let start = amount.words.lowerBound
        switch reader.keyword(amount.end) {
        case .percent: return Phrase(text + "%", start..<amount.end + 1)
        case .degree where reader.keyword(amount.end + 1) == .celsius:
            return Phrase(text + " °C", start..<amount.end + 2)
        case .degree: return Phrase(text + "°", start..<amount.end + 1)
        case .square:
            guard case .unit(let unit)? = reader.keyword(amount.end + 1) else { return nil }
            return Phrase("\(text) \(unit)²", start..<amount.end + 2)
        case .cubic:
            guard case .unit(let unit)? = reader.keyword(amount.end + 1) else { return nil }
            return Phrase("\(text) \(unit)³", start..<amount.end + 2)
        case .unit(let unit):
            if reader.roles(amount.end + 1).contains(.timeOfDay),
                ["км", "м", "л", "Мбит", "Гбит", "МБ"].contains(unit),
                reader.continues(amount.end + 1), reader.text(amount.end + 1).lowercased() == "в"
            {
                let per: String? =
                    switch reader.keyword(amount.end + 2) {
                    case .hour: "ч"
                    case .minute: "мин"
                    case .second: "с"
                    default: nil
                    }
                if let per { return Phrase("\(text) \(unit)/\(per)", start..<amount.end + 3) }
            }
            return Phrase("\(text) \(unit)", start..<amount.end + 1)
        default: return nil
        }
    }
}

extension NumberPhrases {
    /// Numbers that are read out in groups: telephone and card numbers, codes, numbers with leading zeros.
    mutating func digits(_ first: Number) -> Phrase? {
        let start = first.words.lowerBound
        guard start >= checkedUntil, first.value < 1_000 else { return nil }
        let run = groups(start)
        checkedUntil = run.end
        guard run.parts.count > 1 else { return nil }
        let digits = run.parts.joined()
        let words = start..<run.end
        if let text = telephone(digits, groupCount: run.parts.count, roles: context(start)) {
            return Phrase(text, words)
        }
        if [16, 20].contains(digits.count), run.parts.count >= 4 { return Phrase(inFours(digits), words) }
        let isSpelled = run.parts.allSatisfy { $0.count == 1 }
        if context(start).contains(.code) { return Phrase(digits, words) }
        if isSpelled, digits.hasPrefix("0") { return Phrase(digits, words) }
        return nil
    }

    /// "плюс семь девятьсот…".
    mutating func internationalTelephone(_ start: Int) -> Phrase? {
        guard reader.cardinal(start + 1) != nil else { return nil }
        let run = groups(start + 1)
        let digits = run.parts.joined()
        if digits.count == 12, digits.hasPrefix("375"), run.parts.count >= 3 {
            return Phrase("+375 \(local(String(digits.dropFirst(3)), code: 2))", start..<run.end)
        }
        guard digits.count == 11, digits.hasPrefix("7"), run.parts.count >= 3 else { return nil }
        return Phrase("+" + national(digits), start..<run.end)
    }

    /// The numbers below 1000 from a word on, as long as the last of them counts nothing.
    private mutating func groups(_ start: Int) -> (parts: [String], end: Int) {
        var parts: [String] = []
        var index = start
        while let number = index == start ? reader.number(index) : reader.cardinal(index), number.isCardinal,
            number.value < 1_000
        {
            parts.append(String(number.value))
            index = number.end
        }
        // A number that counts something does not belong to the sequence, nor does one that is part of a date or fraction.
        if isCounting(index) || reader.next(index) != nil { return ([], index) }
        return (parts, index)
    }

    /// What the last words before a number say it is, with one word between: "код подтверждения", "телефон мой".
    private mutating func context(_ start: Int) -> NumeralEntry.Roles {
        var roles = reader.rolesBefore(start)
        if start > 1, reader.continues(start), reader.continues(start - 1) {
            roles.formUnion(reader.entry(start - 2)?.roles ?? [])
        }
        return roles
    }

    private func telephone(_ digits: String, groupCount: Int, roles: NumeralEntry.Roles) -> String? {
        let isExpected = !roles.isDisjoint(with: [.phone, .code])
        switch digits.count {
        case 11 where groupCount >= 3 && (digits.hasPrefix("8") || digits.hasPrefix("7")):
            guard let second = digits.dropFirst().first, "3489".contains(second) else { return nil }
            return national(digits)
        case 10 where groupCount >= 3 && digits.hasPrefix("9") && (isExpected || groupCount >= 4):
            return local(digits)
        case 7 where roles.contains(.phone), 6 where roles.contains(.phone), 5 where roles.contains(.phone):
            return local(digits)
        default: return nil
        }
    }

    /// "8 912 345-67-89".
    private func national(_ digits: String) -> String { "\(digits.prefix(1)) \(local(String(digits.dropFirst())))" }

    /// Pairs from the end, threes before them: "912 345-67-89", "345-67-89", "12-34-56", "1-23-45"; `code` digits of the
    /// area come first.
    private func local(_ digits: String, code: Int = 3) -> String {
        let pairs = "\(digits.suffix(4).prefix(2))-\(digits.suffix(2))"
        let rest = digits.dropLast(4)
        return rest.count > 3 ? "\(rest.prefix(code)) \(rest.dropFirst(code))-\(pairs)" : "\(rest)-\(pairs)"
    }

    private func inFours(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, index % 4 == 0 { text += " " }
            text.append(digit)
        }
        return text
    }
}

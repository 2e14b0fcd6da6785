extension NumberPhrases {
    func time(_ hour: Int, _ minute: Int) -> String {
        let hour = hour == 0 ? 12 : hour
        return "\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    private func clock(_ hour: Int, _ minute: Int) -> String { "\(hour):\(minute < 10 ? "0" : "")\(minute)" }

    // MARK: Dates

    /// "двадцать пятого мая", with a year if one follows.
    mutating func date(_ number: Number) -> Phrase? {
        guard case .ordinal(let ending) = number.kind, ending.isNeuter, (1...31).contains(number.value),
            reader.keyword(number.end) == .month
        else { return nil }
        let month = reader.text(number.end)
        let end = number.end + 1
        guard let year = reader.next(end), case .ordinal(let ending) = year.kind, ending == .go else {
            return Phrase("\(number.value) \(month)", number.words.lowerBound..<end)
        }
        if (1_000...2_999).contains(year.value) {
            return Phrase("\(number.value) \(month) \(year.value)", number.words.lowerBound..<year.end)
        }
        return Phrase("\(number.value) \(month)", number.words.lowerBound..<end)
    }

    // MARK: Times of day

    /// "в пятнадцать тридцать", "в два часа тридцать минут", "семь часов пять минут утра".
    mutating func timeOfDay(_ hour: Number) -> Phrase? {
        guard hour.value < 25 else { return nil }
        let start = hour.words.lowerBound
        let isTime = reader.rolesBefore(start).contains(.timeOfDay)
        if reader.keyword(hour.end) == .hour {
            guard let minute = reader.cardinal(hour.end + 1), minute.value < 60, reader.keyword(minute.end) == .minute,
                isTime || reader.roles(minute.end + 1).contains(.partOfDay)
            else { return nil }
            return Phrase(clock(hour.value, minute.value), start..<minute.end + 1)
        }
        // "в ноль ноль тридцать"
        if isTime, hour.value == 0, let zero = reader.cardinal(hour.end), zero.value == 0,
            let minute = minuteDigits(zero.end)
        {
            return Phrase("00:\(minute.digits)", start..<minute.end)
        }
        guard isTime, hour.value < 24, let minute = minuteDigits(hour.end) else { return nil }
        return Phrase("\(hour.value):\(minute.digits)", start..<minute.end)
    }

    /// Minutes that are said without the word: two digits, and nothing that is counted after them.
    private mutating func minuteDigits(_ start: Int) -> (digits: String, end: Int)? {
        guard let first = reader.cardinal(start) else { return nil }
        var digits = String(first.value)
        var end = first.end
        if first.value == 0, let second = reader.cardinal(end), second.value < 10 {
            digits += String(second.value)
            end = second.end
        }
        guard digits.count == 2, first.value < 60, !isCounting(end) || reader.keyword(end) == .minute else {
            return nil
        }
        if reader.keyword(end) == .minute { end += 1 }
        if reader.continues(end), reader.entry(end)?.numeral != nil { return nil }
        return (digits, end)
    }

    /// "пять минут восьмого" → 7:05.
    mutating func minutesOfHour(_ number: Number) -> Phrase? {
        guard number.value < 60, reader.keyword(number.end) == .minute, let hour = hourInGenitive(number.end + 1) else {
            return nil
        }
        return Phrase(time(hour.value - 1, number.value), number.words.lowerBound..<hour.end)
    }

    /// "половина восьмого" → 7:30, "четверть восьмого" → 7:15.
    mutating func partOfHour(_ minutes: Int, _ start: Int) -> Phrase? {
        guard let hour = hourInGenitive(start + 1) else { return nil }
        // "половина второго тома" is a part of something else.
        guard !reader.roles(hour.end).contains(.ranked), reader.keyword(hour.end) != .year else { return nil }
        return Phrase(time(hour.value - 1, minutes), start..<hour.end)
    }

    private mutating func hourInGenitive(_ start: Int) -> Number? {
        guard let hour = reader.next(start), hour.kind == .ordinal(.go), (1...12).contains(hour.value) else {
            return nil
        }
        return hour
    }

    /// "без пяти восемь", "без четверти восемь", "без двадцати минут восемь" → 7:40.
    mutating func timeBeforeHour(_ start: Int) -> Phrase? {
        var minutes = 15
        var index = start + 2
        if reader.keyword(start + 1) != .quarter {
            guard let number = reader.cardinal(start + 1), (1...29).contains(number.value) else { return nil }
            (minutes, index) = (number.value, number.end)
            // "без двадцати семь": twenty minutes before seven.
            if number.words.count == 2, ![.minute, .hour].contains(reader.keyword(index)),
                reader.cardinal(index) == nil
            {
                (minutes, index) = (number.value / 10 * 10, start + 2)
            }
        }
        if reader.keyword(index) == .minute { index += 1 }
        if reader.keyword(index) == .hour, reader.text(index).lowercased() == "час" {
            return Phrase(time(0, 60 - minutes), start..<index + 1)
        }
        guard let hour = reader.cardinal(index), (1...24).contains(hour.value) else { return nil }
        var end = hour.end
        if reader.keyword(end) == .hour {
            end += 1
        } else if isCounting(end) {
            return nil
        }
        return Phrase(time(hour.value - 1, 60 - minutes), start..<end)
    }
}

/// Tells numbers that belong to a person by their length, their check digits and the words before them.
enum PersonalNumbers {
    /// What words before a number say.
    enum Context: Hashable {
        case phone, passport

        init?(word: String) {
            switch word {
            case _ where word.hasPrefix("телефон"), _ where word.hasPrefix("мобильн"), _ where word.hasPrefix("позвон"),
                _ where word.hasPrefix("звон"), _ where word.hasPrefix("перезвон"):
                self = .phone
            case _ where word.hasPrefix("паспорт"), "серия", "серии", "серию", "серией": self = .passport
            default: return nil
            }
        }
    }

    /// The longest number that is looked at.
    private static let longest = 19

    /// The numbers of a run, whole groups each; the longest that begins at a group counts.
    static func matches(in run: DigitRuns.Run) -> [MaskRules.Match] {
        var matches: [MaskRules.Match] = []
        var first = 0
        while first < run.groups.count {
            var digits: [Int] = []
            var found: (kind: MaskRules.Kind, last: Int)?
            for last in first..<run.groups.count {
                digits += run.groups[last].digits.compactMap(\.wholeNumberValue)
                if digits.count > longest { break }
                let isInternational = run.isInternational && first == 0
                if let kind = kind(digits, run.context, isInternational) { found = (kind, last) }
            }
            if let found {
                let words = run.groups[first].words.lowerBound..<run.groups[found.last].words.upperBound
                matches.append(.init(found.kind, words))
                first = found.last + 1
            } else {
                first += 1
            }
        }
        return matches
    }

    static func kind(_ digits: [Int], _ context: Set<Context>, _ isInternational: Bool) -> MaskRules.Kind? {
        let count = digits.count
        if (13...longest).contains(count), passesLuhn(digits), digits[0] > 1 { return .card }
        if count == 11, isSNILS(digits) { return .snils }
        if count == 11, [7, 8].contains(digits[0]), [3, 4, 8, 9].contains(digits[1]) { return .phone }
        if isInternational, (10...15).contains(count) { return .phone }
        if count == 10, context.contains(.passport) { return .passport }
        if count == 10 || count == 12, isINN(digits) { return .inn }
        if count == 10, digits[0] == 9 { return .phone }
        if context.contains(.phone), [5, 6, 7, 10, 11].contains(count) { return .phone }
        return nil
    }

    /// ISO/IEC 7812-1, annex B.
    static func passesLuhn(_ digits: [Int]) -> Bool {
        let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
            guard digit.offset % 2 == 1 else { return sum + digit.element }
            return sum + (digit.element > 4 ? digit.element * 2 - 9 : digit.element * 2)
        }
        return sum % 10 == 0
    }

    /// Nine digits and two check digits: the sum of the digits times 9…1, modulo 101, where 100 counts as 0.
    static func isSNILS(_ digits: [Int]) -> Bool {
        guard digits.count == 11, digits[..<9].contains(where: { $0 > 0 }) else { return false }
        let sum = zip(digits, stride(from: 9, to: 0, by: -1)).reduce(0) { $0 + $1.0 * $1.1 }
        return sum % 101 % 100 == digits[9] * 10 + digits[10]
    }

    /// One check digit of ten, two of twelve: weighted sums modulo 11, then modulo 10.
    static func isINN(_ digits: [Int]) -> Bool {
        func passes(_ weights: [Int]) -> Bool {
            zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 } % 11 % 10 == digits[weights.count]
        }
        guard digits.contains(where: { $0 > 0 }) else { return false }
        return switch digits.count {
        case 10: passes([2, 4, 10, 3, 5, 9, 4, 6, 8])
        case 12: passes([7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) && passes([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
        default: false
        }
    }
}

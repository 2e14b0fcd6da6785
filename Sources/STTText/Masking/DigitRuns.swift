/// Sequences of numbers without other words between them, digit by digit.
struct DigitRuns {
    struct Group {
        var digits: String
        var words: Range<Int>
    }

    struct Run {
        var groups: [Group]
        /// All words, with those that only join groups.
        var words: Range<Int>
        /// Whether a plus stands before it.
        var isInternational = false
        /// What the words before it say it is.
        var context: Set<PersonalNumbers.Context> = []
    }

    /// Words that join the groups of one number.
    private static let joints: Set<String> = ["дефис", "тире", "минус", "плюс", "номер", "серия", "код"]
    /// Words before a number that may say what it is.
    private static let contextLength = 5

    private let words: [String]
    private var reader: NumberReader
    private var index = 0

    init(_ words: [String]) {
        self.words = words
        var bytes: [UInt8] = []
        var ranges: [Range<Int>] = []
        for word in words {
            ranges.append(bytes.count..<bytes.count + word.utf8.count)
            bytes += word.utf8
            bytes.append(0x20)
        }
        reader = NumberReader(bytes: bytes, words: ranges)
    }

    /// The next run, from the first number that is left.
    mutating func next() -> Run? {
        while index < words.count {
            guard let first = group(index) else {
                index += 1
                continue
            }
            var run = Run(groups: [first], words: first.words)
            let before = words[max(0, index - Self.contextLength)..<index].map(Self.plain)
            run.context = Set(before.compactMap { PersonalNumbers.Context(word: $0) })
            run.isInternational = before.last == "плюс" || words[index].hasPrefix("+")
            while true {
                var end = run.words.upperBound
                while end < words.count, Self.joints.contains(Self.plain(words[end])) { end += 1 }
                guard let group = group(end) else {
                    // Joints at the end of the text may still join.
                    if end == words.count { run.words = run.words.lowerBound..<end }
                    break
                }
                run.groups.append(group)
                run.words = run.words.lowerBound..<group.words.upperBound
            }
            index = run.words.upperBound
            return run
        }
        return nil
    }

    private mutating func group(_ index: Int) -> Group? {
        guard index < words.count else { return nil }
        if let digits = Self.digits(words[index]) { return Group(digits: digits, words: index..<index + 1) }
        guard let number = reader.number(index), number.isCardinal else { return nil }
        return Group(digits: String(number.value), words: number.words)
    }

    /// The digits of a word of digits and the marks between them; `nil` for another word.
    private static func digits(_ word: String) -> String? {
        guard word.unicodeScalars.allSatisfy({ ("0"..."9").contains($0) || "+-–—().,/№".unicodeScalars.contains($0) })
        else { return nil }
        let digits = word.filter { ("0"..."9").contains($0) }
        return digits.isEmpty ? nil : digits
    }

    private static func plain(_ word: String) -> String {
        let letters = word.unicodeScalars.filter { $0.properties.isAlphabetic }
        return String(String.UnicodeScalarView(letters)).lowercased()
    }
}

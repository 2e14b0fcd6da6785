import STTText
import STTValues

/// A word without marks and capitals.
struct BareWord {
    /// Folded: in lower case, е for ё.
    let letters: [Unicode.Scalar]
    let text: String
    var folded: String { String(String.UnicodeScalarView(letters)) }
    let start: Double
    let role: NumberRules.Role?

    init(_ word: Word) {
        (letters, text, start) = (word.text.foldedLetters, word.text, word.start)
        role = NumberRules.role(of: word.text)
    }
}

/// A word with marks and capitals, or a number in digits. A mark that stands alone belongs to the word before it.
struct MarkedWord {
    private(set) var text: String
    let letters: [Unicode.Scalar]
    let start: Double
    /// Nothing but digits, signs of units and marks, or digits with letters behind them.
    var isNumber: Bool { !digits.isEmpty || letters.isEmpty }
    let digits: String

    private init(_ word: Word) {
        (text, letters, start) = (word.text, word.text.foldedLetters, word.start)
        digits = word.text.filter(\.isNumber)
    }

    static func words(_ words: [Word]) -> [MarkedWord] {
        var result: [MarkedWord] = []
        for word in words {
            if word.text.contains(where: { $0.isLetter || $0.isNumber || $0.isSign }) {
                result.append(MarkedWord(word))
            } else if let last = result.indices.last {
                result[last].text += (word.text.first.map { "–—-".contains($0) } == true ? " " : "") + word.text
            }
        }
        return result
    }

    /// The marks that end it.
    var endMarks: Substring {
        let marks = text.reversed().prefix { ".,!?…:;".contains($0) }
        return text.suffix(marks.count)
    }
}

extension Character {
    /// Whether it stands for a word of a number: percent, rouble, degree, number.
    var isSign: Bool { "%‰₽$€£¥°№+&".contains(self) }
}

extension String {
    /// What stands between digits and marks: words, endings, signs; folded.
    fileprivate var letterRuns: [String] {
        split { !$0.isLetter && !$0.isSign }.map { String($0).lowercased().replacing("ё", with: "е") }
    }

    fileprivate var foldedLetters: [Unicode.Scalar] {
        lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
            .map { $0 == "ё" ? "е" : $0 }
    }
}

/// The cheapest alignment of two readings.
struct HeadAlignment {
    enum Step: Equatable {
        /// Only the bare reading has the word.
        case bare(Int)
        /// Only the other one has it.
        case dropped(Int)
        /// The same letters, in one word or several.
        case word(Range<Int>, Range<Int>)
        /// Another word in its place.
        case other(Int, Int)
        /// A number; `text` is what the rules write, where the digits are not those of the words.
        case number(Range<Int>, Range<Int>, text: String?)
    }

    /// Seconds by which the two heads may place one word differently.
    private static let reach = 2.0
    /// Words of a number, and the parts that it is written in.
    private static let (numeralLimit, digitLimit) = (16, 5)
    /// Words that are one of the other reading: "нью йорк", "Нью-Йорк".
    private static let joinLimit = 4

    private let bare: [BareWord]
    private let marked: [MarkedWord]
    private var best: [(cost: Double, step: Step?)]
    /// What the rules write for a range of words.
    private var numbers: [Range<Int>: String] = [:]

    init(_ bare: [BareWord], _ marked: [MarkedWord]) {
        (self.bare, self.marked) = (bare, marked)
        best = Array(repeating: (.infinity, nil), count: (bare.count + 1) * (marked.count + 1))
        best[0].cost = 0
        for i in 0...bare.count {
            for j in 0...marked.count { extend(i, j) }
        }
    }

    /// In order of the words.
    var steps: [Step] {
        var steps: [Step] = []
        var (i, j) = (bare.count, marked.count)
        while let step = best[i * (marked.count + 1) + j].step {
            steps.append(step)
            (i, j) = (i - step.bareCount, j - step.markedCount)
        }
        return steps.reversed()
    }

    private mutating func extend(_ i: Int, _ j: Int) {
        let cost = best[i * (marked.count + 1) + j].cost
        if i < bare.count { offer(.bare(i), 1, after: cost, i, j) }
        if j < marked.count { offer(.dropped(j), 1, after: cost, i, j) }
        guard i < bare.count, j < marked.count else { return }
        let distance = abs(bare[i].start - marked[j].start)
        guard distance <= Self.reach else { return }
        // Times decide between words that are alike.
        let late = cost + distance / 10
        if marked[j].isNumber { extendNumber(i, j, late) }
        if marked[j].digits.isEmpty, !marked[j].letters.isEmpty { extendWord(i, j, late, distance) }
    }

    private mutating func extendWord(_ i: Int, _ j: Int, _ cost: Double, _ distance: Double) {
        let (own, other) = (bare[i].letters, marked[j].letters)
        if own == other { return offer(.word(i..<i + 1, j..<j + 1), 0, after: cost, i, j) }
        let share = Double(own.distance(to: other)) / Double(max(own.count, other.count))
        if share <= 0.5 || distance <= 0.3 { offer(.other(i, j), 0.3 + share, after: cost, i, j) }
        var letters = own
        for count in 2..<Self.joinLimit + 1 where i + count <= bare.count && letters.count < other.count {
            letters += bare[i + count - 1].letters
            if letters == other { offer(.word(i..<i + count, j..<j + 1), 0.1, after: cost, i, j) }
        }
        letters = other
        for count in 2..<Self.joinLimit + 1 where j + count <= marked.count && letters.count < own.count {
            letters += marked[j + count - 1].letters
            if letters == own { offer(.word(i..<i + 1, j..<j + count), 0.1, after: cost, i, j) }
        }
    }

    private mutating func extendNumber(_ i: Int, _ j: Int, _ cost: Double) {
        guard bare[i].role != nil else { return }
        var (digits, own) = ("", "")
        for parts in 1..<Self.digitLimit + 1 where j + parts <= marked.count {
            guard marked[j + parts - 1].isNumber else { return }
            digits += marked[j + parts - 1].digits
            own += " " + marked[j + parts - 1].text
            guard !digits.isEmpty else { continue }
            var hasNumeral = false
            for count in 1..<Self.numeralLimit + 1 where i + count <= bare.count {
                guard let role = bare[i + count - 1].role else { break }
                hasNumeral = hasNumeral || role == .numeral
                guard hasNumeral else { continue }
                let words = i..<i + count
                let text = number(words)
                let isSame = text.filter(\.isNumber) == digits && says(own, all: words, writtenAs: text)
                // Units are better in the group than left over, and parts better together.
                let price = isSame ? 0.05 : 0.4 + 0.5 * Double(max(count, parts))
                offer(.number(words, j..<j + parts, text: isSame ? nil : text), price, after: cost, i, j)
            }
        }
    }

    /// Whether digits of the other head leave out nothing of the words: neither one that the rules keep, nor the unit. The
    /// ending of an ordinal may be left out.
    private func says(_ other: String, all words: Range<Int>, writtenAs text: String) -> Bool {
        let kept = Set(text.replacing(/(\d)-\p{L}{1,3}\b/) { $0.1 }.letterRuns)
        let own = Set(other.letterRuns)
        return (kept.isEmpty || !own.isEmpty) && kept.intersection(bare[words].map(\.folded)).isSubset(of: own)
    }

    private mutating func number(_ words: Range<Int>) -> String {
        if let known = numbers[words] { return known }
        let tokens = NumberRules.full(NumberPolicy()).apply(to: bare[words].map(\.text)).tokens
        let text = tokens.map(\.text).joined(separator: " ")
        numbers[words] = text
        return text
    }

    private mutating func offer(_ step: Step, _ price: Double, after cost: Double, _ i: Int, _ j: Int) {
        let place = (i + step.bareCount) * (marked.count + 1) + j + step.markedCount
        if cost + price < best[place].cost { best[place] = (cost + price, step) }
    }
}

extension HeadAlignment.Step {
    var bareCount: Int {
        switch self {
        case .bare, .other: 1
        case .dropped: 0
        case .word(let words, _), .number(let words, _, _): words.count
        }
    }

    var markedCount: Int {
        switch self {
        case .dropped, .other: 1
        case .bare: 0
        case .word(_, let words), .number(_, let words, _): words.count
        }
    }
}

extension [Unicode.Scalar] {
    /// Levenshtein distance; of very long words only whether they are the same.
    fileprivate func distance(to other: [Unicode.Scalar]) -> Int {
        guard count <= 64, other.count <= 64 else { return Swift.max(count, other.count) }
        var row = Array<Int>(0...other.count)
        for (i, letter) in enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, another) in other.enumerated() {
                let above = row[j + 1]
                row[j + 1] = Swift.min(above + 1, row[j] + 1, diagonal + (letter == another ? 0 : 1))
                diagonal = above
            }
        }
        return row[other.count]
    }
}

/// Divides words into captions so that the fewest limits of `CaptionRules` are broken, in the order of their precedence.
///
/// Of all divisions the one of least cost is found by dynamic programming: cost is compared limit by limit, and among
/// divisions that break equally many, the ends of cues and lines decide. Linear in the number of words, since a cue holds a
/// bounded number of them.
struct BroadcastLayout {
    /// What a division costs; that of a sequence of cues is the sum.
    struct Cost: Hashable, Comparable {
        /// Cues that are shown for less than the shortest time.
        var short = 0
        /// Cues that cannot be read in time.
        var fast = 0
        /// Lines that end with a preposition.
        var prepositions = 0
        /// How badly cues and lines end, where no limit says it.
        var roughness = 0

        static func < (a: Cost, b: Cost) -> Bool {
            (a.short, a.fast, a.prepositions, a.roughness) < (b.short, b.fast, b.prepositions, b.roughness)
        }

        static func + (a: Cost, b: Cost) -> Cost {
            Cost(
                short: a.short + b.short, fast: a.fast + b.fast, prepositions: a.prepositions + b.prepositions,
                roughness: a.roughness + b.roughness)
        }
    }

    /// A word, as it is written, with its times in milliseconds.
    struct Token {
        let text: String
        let width: Int
        let start, end: Int
        let speaker: Int?

        /// The tokens of a word. One that is written with spaces ("2 мая") has several, which share its time by their
        /// lengths.
        static func tokens(of word: Word) -> [Token] {
            let pieces = word.lineText.split(separator: " ").map(String.init)
            let start = Timestamp(seconds: word.start).milliseconds
            let duration = max(0, Timestamp(seconds: word.end).milliseconds - start)
            let total = max(1, pieces.map(\.count).reduce(0, +))
            var position = 0
            return pieces.map { piece in
                let width = piece.count
                let begin = start + duration * position / total
                position += width
                return Token(
                    text: piece, width: width, start: begin, end: start + duration * position / total,
                    speaker: word.speaker)
            }
        }
    }

    /// The time that is left to a cue when the next one starts at the same time, because WebVTT requires one.
    static let frame = 40

    let rules: CaptionRules
    let tokens: [Token]
    /// The characters of all tokens before each index.
    private let widths: [Int]

    /// Words that are nothing but white space are left out.
    init(_ words: [Word], rules: CaptionRules) {
        self.rules = rules
        tokens = words.flatMap(Token.tokens)
        widths = tokens.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.width) }
    }

    /// The cues of the best division, in order.
    func cues() -> [Cue] {
        var best: [(cost: Cost, start: Int)] = [(Cost(), 0)]
        for end in tokens.indices.map({ $0 + 1 }) {
            var choice: (cost: Cost, start: Int)?
            for start in stride(from: end - 1, through: 0, by: -1) {
                if start < end - 1, !canJoin(start, before: end) { break }
                guard let own = cost(of: start..<end) else { continue }
                let cost = best[start].cost + own
                // A strict comparison: of equal divisions the one with the shorter last cue.
                if choice.map({ cost < $0.cost }) ?? true { choice = (cost, start) }
            }
            // A single token always has a cost.
            best.append(choice ?? (best[end - 1].cost, end - 1))
        }
        var ranges: [Range<Int>] = []
        var end = tokens.count
        while end > 0 {
            ranges.append(best[end].start..<end)
            end = best[end].start
        }
        return ranges.reversed().map(cue)
    }

    /// Whether the token at `start` may be in one cue with those behind it, up to `end`.
    private func canJoin(_ start: Int, before end: Int) -> Bool {
        let (token, next) = (tokens[start], tokens[start + 1])
        return token.speaker == next.speaker && next.start - token.end < rules.pause
            && tokens[end - 1].end - token.start <= rules.longest
            && width(start..<end) <= (rules.maxCharactersPerLine + 1) * rules.maxLines
    }

    /// The cost of a cue with these tokens; `nil` when its lines do not hold them.
    func cost(of range: Range<Int>) -> Cost? {
        guard let lines = lines(of: range) else { return nil }
        let duration = end(of: range) - tokens[range.lowerBound].start
        var cost = lines.cost
        if duration < rules.shortest { cost.short += 1 }
        if duration < rules.readingTime(width(range)) { cost.fast += 1 }
        cost.roughness += 30 + (range.upperBound < tokens.count ? roughness(after: range.upperBound - 1) : 0)
        for index in range.dropLast() {
            if Self.endsSentence(tokens[index].text) { cost.roughness += 40 }
            if gap(after: index) >= 400 { cost.roughness += 80 }
        }
        return cost
    }

    /// When the cue disappears: with its last word, later where the reader needs the time, but not beyond the next cue.
    private func end(of range: Range<Int>) -> Int {
        let start = tokens[range.lowerBound].start
        let wanted = max(
            tokens[range.upperBound - 1].end, start + rules.shortest, start + rules.readingTime(width(range)))
        let next = range.upperBound < tokens.count ? tokens[range.upperBound].start : .max
        return max(start + Self.frame, min(wanted, next, start + rules.longest))
    }

    private func cue(_ range: Range<Int>) -> Cue {
        let split = lines(of: range)?.split
        let first = label(range) + joined(range.lowerBound..<(split ?? range.upperBound))
        let second = split.map { joined($0..<range.upperBound) }
        return Cue(
            start: Double(tokens[range.lowerBound].start) / 1_000, end: Double(end(of: range)) / 1_000,
            text: second.map { Self.trimmed(first) + "\n" + $0 } ?? first)
    }

    private func joined(_ range: Range<Int>) -> String { tokens[range].map(\.text).joined(separator: " ") }

    private static func trimmed(_ text: String) -> String { text.hasSuffix(" ") ? String(text.dropLast()) : text }
}

extension BroadcastLayout {
    /// Where the second line begins, `nil` for a single line, and what the ends of the lines cost; `nil` when two lines do
    /// not hold the tokens.
    private func lines(of range: Range<Int>) -> (split: Int?, cost: Cost)? {
        let last = cost(ofLineEnd: range.upperBound - 1)
        if width(range) <= rules.maxCharactersPerLine { return (nil, last) }
        // The label of the speaker may have a line of its own.
        let labelWidth = label(range).count
        let first = labelWidth > 0 ? range.lowerBound : range.lowerBound + 1
        var best: (split: Int?, cost: Cost)?
        for split in first..<max(first, range.upperBound) {
            let isLabelAlone = split == range.lowerBound
            let lower = isLabelAlone ? labelWidth - 1 : width(range.lowerBound..<split)
            let upper = width(split..<range.upperBound, labelled: false)
            guard max(lower, upper) <= rules.maxCharactersPerLine else { continue }
            var cost = isLabelAlone ? Cost(roughness: 50) : cost(ofLineEnd: split - 1)
            cost.roughness += abs(lower - upper) / 2 + (isLabelAlone ? 0 : roughness(after: split - 1) / 4)
            if best.map({ cost < $0.cost }) ?? true { best = (split, cost) }
        }
        if let best { return (best.split, best.cost + last) }
        return range.count == 1 ? (nil, last) : nil
    }

    private func cost(ofLineEnd index: Int) -> Cost {
        Cost(prepositions: RussianFunctionWords.isPreposition(tokens[index].text) ? 1 : 0)
    }

    /// How badly a cue ends after the token: well after a sentence, a pause or a comma.
    private func roughness(after index: Int) -> Int {
        let text = tokens[index].text
        if tokens[index].speaker != tokens[index + 1].speaker || Self.endsSentence(text) { return 0 }
        let pause = gap(after: index) >= 400 ? 10 : gap(after: index) >= 200 ? 40 : 100
        let mark = text.last.map { ",;:—–)".contains($0) } ?? false ? 20 : 100
        return min(pause, mark) + (RussianFunctionWords.isConnective(text) ? 60 : 0)
    }

    private func gap(after index: Int) -> Int {
        index + 1 < tokens.count ? tokens[index + 1].start - tokens[index].end : 0
    }

    /// Characters of the tokens on one line, with the label of their speaker.
    private func width(_ range: Range<Int>, labelled: Bool = true) -> Int {
        widths[range.upperBound] - widths[range.lowerBound] + range.count - 1 + (labelled ? label(range).count : 0)
    }

    private func label(_ range: Range<Int>) -> String { Cue.label(ofSpeaker: tokens[range.lowerBound].speaker) }

    private static func endsSentence(_ text: String) -> Bool {
        let closings: Set<Character> = ["»", "”", "\"", ")", "’"]
        let last = text.reversed().first { !closings.contains($0) }
        return last.map { ".!?…".contains($0) } ?? false
    }
}

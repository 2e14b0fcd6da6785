/// What is wrong with the captions of a file, by `CaptionRules`.
package enum CaptionCheck {
    /// The kind of a violation. The raw values are printed.
    package enum Rule: String, Sendable, Hashable, CaseIterable {
        /// A line that cannot be read.
        case format
        /// A cue that does not end after its start, or starts before the previous one.
        case times
        /// A cue that is still shown when the next one starts.
        case overlap
        /// A cue without text.
        case empty
        /// Too many lines.
        case lines
        /// A line that is too long.
        case width
        /// Shown too short.
        case short
        /// Shown too long.
        case long
        /// Too many characters a second.
        case speed
        /// A line that ends with a preposition.
        case preposition
        /// Two speakers in one cue.
        case speakers
    }

    /// One violation.
    package struct Violation: Sendable, Hashable {
        /// The line of the file, from 1.
        package var line: Int
        /// The cue by its order in the file, from 1; `nil` for a line that belongs to none.
        package var cue: Int?
        package var rule: Rule
        package var message: String
    }

    /// All violations in the order of their lines.
    package static func violations(in file: SubtitleFile, rules: CaptionRules = .broadcast) -> [Violation] {
        var violations = file.problems.map { Violation(line: $0.line, rule: .format, message: $0.message) }
        for (index, cue) in file.cues.enumerated() {
            let next = index + 1 < file.cues.count ? file.cues[index + 1] : nil
            for (rule, line, message) in findings(of: cue, before: next, rules) {
                violations.append(Violation(line: line, cue: index + 1, rule: rule, message: message))
            }
        }
        return violations.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
            .map(\.element)
    }

    private typealias Finding = (Rule, line: Int, String)

    private static func findings(
        of cue: SubtitleFile.Entry, before next: SubtitleFile.Entry?, _ rules: CaptionRules
    ) -> [Finding] {
        var findings: [Finding] = []
        let duration = cue.end - cue.start
        if duration <= 0 { findings.append((.times, cue.line, "ends at its start or before")) }
        if let next, next.start < cue.start {
            findings.append((.times, next.line, "starts before the previous cue"))
        } else if let next, next.start < cue.end {
            findings.append((.overlap, cue.line, "is shown \(seconds(cue.end - next.start)) s into the next cue"))
        }
        let lines = cue.text.filter { !$0.text.isEmpty }
        guard !lines.isEmpty else { return findings + [(.empty, cue.line, "has no text")] }
        if lines.count > rules.maxLines {
            findings.append((.lines, cue.line, "\(lines.count) lines, at most \(rules.maxLines)"))
        }
        if duration > 0 { findings += time(duration, characters: characters(lines), cue.line, rules) }
        if speakers(lines) > 1 { findings.append((.speakers, cue.line, "more than one speaker")) }
        for line in lines { findings += width(line, rules) }
        return findings
    }

    private static func time(_ duration: Int, characters: Int, _ line: Int, _ rules: CaptionRules) -> [Finding] {
        var findings: [Finding] = []
        if duration < rules.shortest {
            findings.append((.short, line, "\(seconds(duration)) s, at least \(seconds(rules.shortest)) s"))
        }
        if duration > rules.longest {
            findings.append((.long, line, "\(seconds(duration)) s, at most \(seconds(rules.longest)) s"))
        }
        if characters * 1_000 > rules.maxCharactersPerSecond * duration {
            let tenths = characters * 10_000 / duration
            findings.append(
                (
                    .speed, line,
                    "\(tenths / 10).\(tenths % 10) characters a second, at most \(rules.maxCharactersPerSecond)"
                ))
        }
        return findings
    }

    private static func width(_ line: SubtitleFile.Line, _ rules: CaptionRules) -> [Finding] {
        var findings: [Finding] = []
        if line.text.count > rules.maxCharactersPerLine {
            findings.append(
                (.width, line.number, "\(line.text.count) characters, at most \(rules.maxCharactersPerLine)"))
        }
        if let last = line.text.split(whereSeparator: \.isWhitespace).last, RussianFunctionWords.isPreposition(last) {
            findings.append((.preposition, line.number, "ends with the preposition \"\(last)\""))
        }
        return findings
    }

    /// The characters of the lines and one space between two of them.
    private static func characters(_ lines: [SubtitleFile.Line]) -> Int {
        lines.map(\.text.count).reduce(lines.count - 1, +)
    }

    /// Voices, and labels such as `[SPEAKER_0]` at the start of a line.
    private static func speakers(_ lines: [SubtitleFile.Line]) -> Int {
        let labels = lines.compactMap { line -> String? in
            guard line.text.hasPrefix("[SPEAKER_"), let end = line.text.firstIndex(of: "]") else { return nil }
            return String(line.text[...end])
        }
        return Set(lines.flatMap(\.voices) + labels).count
    }

    private static func seconds(_ milliseconds: Int) -> String { ThreeDecimals.text(of: Double(milliseconds) / 1_000) }
}

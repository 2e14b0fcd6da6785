/// The cues of a SubRip or WebVTT file from any program.
///
/// Tolerant: any kind of line end, a byte-order mark, missing numbers, missing empty lines before a number, one to three
/// digits of a fraction behind a comma or a point, no hours, settings behind the times. What cannot be read is a problem
/// with its line number, and reading goes on behind it. Linear in the length.
package struct SubtitleFile: Sendable, Hashable {
    /// A cue, as it stands in the file.
    package struct Entry: Sendable, Hashable {
        /// The line of the times, from 1.
        package var line: Int
        /// Milliseconds.
        package var start, end: Int
        /// The lines of text without markup.
        package var text: [Line] = []
    }

    /// A line of text and its number in the file, from 1.
    package struct Line: Sendable, Hashable {
        package var number: Int
        package var text: String
        /// The voices that WebVTT's `<v …>` names in it.
        package var voices: [String] = []
    }

    /// Something that cannot be read.
    package struct Problem: Sendable, Hashable {
        package var line: Int
        package var message: String
    }

    package private(set) var cues: [Entry] = []
    package private(set) var problems: [Problem] = []

    private enum State { case between, inCue, inBlock, inProblem }

    /// Reads a file.
    package init(_ text: String) {
        let lines = Self.lines(of: text)
        let isWebVTT = lines.first.map { $0.hasPrefix("WEBVTT") } ?? false
        var state = isWebVTT ? State.inBlock : .between
        for (index, line) in lines.enumerated() where index > 0 || !isWebVTT {
            let next = index + 1 < lines.count ? lines[index + 1] : ""
            if line.allSatisfy(\.isWhitespace) {
                state = .between
            } else if line.contains("-->") {
                state = read(times: line, at: index + 1) ? .inCue : .inProblem
            } else if next.contains("-->"), state != .inCue || line.allSatisfy({ $0.isNumber || $0.isWhitespace }) {
                // The number or name of a cue.
                state = .between
            } else if state == .between, isWebVTT, ["NOTE", "STYLE", "REGION"].contains(where: line.hasPrefix) {
                state = .inBlock
            } else if state == .inCue {
                cues[cues.count - 1].text.append(CaptionMarkup.line(line, number: index + 1, isWebVTT: isWebVTT))
            } else if state == .between {
                problems.append(Problem(line: index + 1, message: "text that belongs to no cue; expected times"))
                state = .inProblem
            }
        }
    }

    private mutating func read(times line: String, at number: Int) -> Bool {
        guard let arrow = line.firstRange(of: "-->"),
            let start = Self.milliseconds(line[..<arrow.lowerBound].split(whereSeparator: \.isWhitespace).last),
            let end = Self.milliseconds(line[arrow.upperBound...].split(whereSeparator: \.isWhitespace).first)
        else {
            let shown = line.count > 60 ? line.prefix(60) + "…" : line[...]
            problems.append(
                Problem(
                    line: number, message: "times that cannot be read, expected 00:00:01,000 --> 00:00:02,000: \(shown)"
                ))
            return false
        }
        cues.append(Entry(line: number, start: start, end: end))
        return true
    }

    /// `[HH:]MM:SS[,mmm]` in milliseconds.
    private static func milliseconds(_ text: Substring?) -> Int? {
        guard let text else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let last = parts.last else { return nil }
        let seconds = last.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "." }
        guard seconds.count <= 2, let whole = number(seconds[0], digits: 1...2) else { return nil }
        var fraction = 0
        if seconds.count == 2 {
            guard let value = number(seconds[1], digits: 1...3) else { return nil }
            fraction = value * [100, 10, 1][seconds[1].count - 1]
        }
        let minutes = number(parts[parts.count - 2], digits: 1...2)
        let hours = parts.count == 3 ? number(parts[0], digits: 1...6) : 0
        guard let hours, let minutes, minutes < 60, whole < 60 else { return nil }
        return ((hours * 60 + minutes) * 60 + whole) * 1_000 + fraction
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    /// The lines without their ends (`\n`, `\r\n` or `\r`) and without a byte-order mark.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            defer { isAfterReturn = scalar == "\r" }
            if scalar == "\n", isAfterReturn { continue }
            if scalar == "\n" || scalar == "\r" {
                lines.append(String(line))
                line = String.UnicodeScalarView()
            } else if scalar != "\u{FEFF}" || !lines.isEmpty || !line.isEmpty {
                line.append(scalar)
            }
        }
        lines.append(String(line))
        return lines
    }
}

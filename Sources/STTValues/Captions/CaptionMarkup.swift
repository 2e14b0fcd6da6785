/// What players do not show: tags, SubStation Alpha's overrides, character references.
enum CaptionMarkup {
    private static let references = ["amp": "&", "lt": "<", "gt": ">", "nbsp": "\u{A0}", "lrm": "", "rlm": ""]

    /// The line as it is shown, without white space at its ends.
    static func line(_ text: String, number: Int, isWebVTT: Bool) -> SubtitleFile.Line {
        var line = SubtitleFile.Line(number: number, text: "")
        var rest = text[...]
        while let first = rest.first {
            if first == "<", let end = rest.firstIndex(of: ">") {
                let tag = rest[rest.index(after: rest.startIndex)..<end]
                if isWebVTT, tag.hasPrefix("v"), let space = tag.firstIndex(where: \.isWhitespace) {
                    line.voices.append(String(tag[tag.index(after: space)...]))
                }
                rest = rest[rest.index(after: end)...]
            } else if rest.hasPrefix("{\\"), let end = rest.firstIndex(of: "}") {
                rest = rest[rest.index(after: end)...]
            } else if isWebVTT, first == "&", let end = rest.prefix(8).firstIndex(of: ";"),
                let shown = references[String(rest[rest.index(after: rest.startIndex)..<end])]
            {
                line.text += shown
                rest = rest[rest.index(after: end)...]
            } else {
                line.text.append(first)
                rest = rest.dropFirst()
            }
        }
        let start = line.text.drop(while: \.isWhitespace)
        line.text = String(
            start[..<(start.lastIndex { !$0.isWhitespace }.map { start.index(after: $0) } ?? start.startIndex)])
        return line
    }
}

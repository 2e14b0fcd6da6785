/// A table of the utterances, divided where the speaker changes, in comma-separated values (RFC 4180, but with lines that end
/// in `\n`), a header first.
enum UtteranceTable {
    /// The document. Times are in seconds; a speaker that is not known is an empty field.
    static func text(of transcript: Transcript) -> String {
        transcript.segments.flatMap(rows(of:)).reduce(into: "start,end,speaker,confidence,text\n") { document, row in
            guard let first = row.words.first, let last = row.words.last else { return }
            let fields = [
                ThreeDecimals.text(of: first.start), ThreeDecimals.text(of: last.end),
                first.speaker.map(String.init) ?? "", ThreeDecimals.text(of: row.words.meanConfidence ?? 0),
                quoted(row.text),
            ]
            document += fields.joined(separator: ",") + "\n"
        }
    }

    /// An utterance, divided where its speaker changes.
    private static func rows(of segment: Segment) -> [(words: [Word], text: String)] {
        guard Set(segment.words.map(\.speaker)).count > 1 else { return [(segment.words, segment.text)] }
        return segment.writtenWords.reduce(into: []) { rows, part in
            if let last = rows.last?.words.last, last.speaker == part.speaker {
                rows[rows.count - 1].words += part.words
                rows[rows.count - 1].text += " " + part.text
            } else {
                rows.append((Array(part.words), part.text))
            }
        }
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
        guard needsQuotes else { return text }
        return "\"\(String(text.unicodeScalars.replacing("\"".unicodeScalars, with: "\"\"".unicodeScalars)))\""
    }
}

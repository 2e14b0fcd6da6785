/// A table of the utterances in comma-separated values (RFC 4180, but with lines that end in `\n`), a header first.
enum UtteranceTable {
    /// The document. Times are in seconds; a speaker that is not known is an empty field.
    static func text(of transcript: Transcript) -> String {
        transcript.segments.reduce(into: "start,end,speaker,confidence,text\n") { document, segment in
            guard let first = segment.words.first, let last = segment.words.last else { return }
            let fields = [
                ThreeDecimals.text(of: first.start), ThreeDecimals.text(of: last.end),
                first.speaker.map(String.init) ?? "", ThreeDecimals.text(of: segment.confidence ?? 0),
                quoted(segment.text),
            ]
            document += fields.joined(separator: ",") + "\n"
        }
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
        guard needsQuotes else { return text }
        return "\"\(String(text.unicodeScalars.replacing("\"".unicodeScalars, with: "\"\"".unicodeScalars)))\""
    }
}

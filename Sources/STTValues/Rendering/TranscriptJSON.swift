/// The JSON of a transcript in one line: no spaces, keys in alphabetical order, no newline at the end.
///
/// Written by hand because the gigastt 2.3 contract fixes every byte: the digits of a 32-bit confidence widened to
/// 64 bits, `.0` on whole numbers, letters beyond ASCII as they are.
enum TranscriptJSON {
    /// The document.
    static func text(of transcript: Transcript) -> String {
        let words = transcript.words.map(object).joined(separator: ",")
        let duration = JSONLiteral.number(transcript.duration)
        let masked = transcript.masked.map { #""masked":[\#($0.map(object).joined(separator: ","))],"# } ?? ""
        let text = JSONLiteral.string(transcript.text)
        return #"{"duration":\#(duration),\#(masked)"text":\#(text),"words":[\#(words)]}"#
    }

    private static func object(_ span: MaskedSpan) -> String {
        #"{"end":\#(span.end),"kind":\#(JSONLiteral.string(span.kind)),"start":\#(span.start)}"#
    }

    private static func object(_ word: Word) -> String {
        let members = [
            #""confidence":\#(JSONLiteral.number(Double(word.confidence)))"#,
            #""end":\#(JSONLiteral.number(word.end))"#,
            word.speaker.map { #""speaker":\#($0)"# },
            #""start":\#(JSONLiteral.number(word.start))"#,
            #""word":\#(JSONLiteral.string(word.text))"#,
        ]
        return "{" + members.compactMap(\.self).joined(separator: ",") + "}"
    }
}

/// WebVTT (`.vtt`): cues without identifiers, settings or markup.
///
/// The gigastt 2.3 contract escapes nothing, and neither do we, with one exception: an arrow `-->` inside the text
/// would be read as the timing line of a new cue (WebVTT §6.1, "collect a WebVTT block"), so it is written `--&gt;`,
/// which players show as `-->`.
enum WebVTT {
    /// The document: a header, then the cues, an empty line behind each; the header alone without cues.
    static func text(of cues: [Cue]) -> String {
        cues.reduce(into: "WEBVTT\n\n") { document, cue in
            let start = Timestamp(seconds: cue.start).subtitle(fractionSeparator: ".")
            let end = Timestamp(seconds: cue.end).subtitle(fractionSeparator: ".")
            document += "\(start) --> \(end)\n\(withoutArrows(cue.text))\n\n"
        }
    }

    private static func withoutArrows(_ text: String) -> String {
        // Scalars, not characters: a combining mark behind the arrow makes another character of the `>`.
        String(text.unicodeScalars.replacing("-->".unicodeScalars, with: "--&gt;".unicodeScalars))
    }
}

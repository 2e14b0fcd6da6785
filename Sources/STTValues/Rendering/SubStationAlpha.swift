/// Advanced SubStation Alpha (`.ass`), version 4.00+: a style and an event for each cue.
enum SubStationAlpha {
    /// The document: script information, one style, the cues.
    static func text(of cues: [Cue]) -> String {
        cues.reduce(into: header) { document, cue in
            let (start, end) = (Timestamp(seconds: cue.start).hundredths, Timestamp(seconds: cue.end).hundredths)
            document += "Dialogue: 0,\(start),\(end),Default,,0,0,0,,\(escaped(cue.text))\n"
        }
    }

    /// A word joiner behind a backslash and backslashes before braces: there is no other way to write these characters.
    private static func escaped(_ text: String) -> String {
        String(
            text.unicodeScalars.reduce(into: String.UnicodeScalarView()) { result, scalar in
                switch scalar {
                case "\n": result.append(contentsOf: "\\N".unicodeScalars)
                case "\\": result.append(contentsOf: "\\\u{2060}".unicodeScalars)
                case "{", "}": result.append(contentsOf: "\\\(scalar)".unicodeScalars)
                default: result.append(scalar)
                }
            })
    }

    private static let header = """
        [Script Info]
        ScriptType: v4.00+
        PlayResX: 1920
        PlayResY: 1080
        WrapStyle: 2
        ScaledBorderAndShadow: yes

        [V4+ Styles]
        Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
        Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, \
        MarginV, Encoding
        Style: Default,Arial,60,&H00FFFFFF,&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,60,60,50,1

        [Events]
        Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text

        """
}

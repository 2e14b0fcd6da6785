/// How a transcript is laid out as text.
///
/// Each option concerns only the formats it names.
public struct RenderingOptions: Sendable, Hashable {
    /// What the length of a line is counted in.
    public enum Width: Sendable, Hashable {
        /// UTF-8 bytes, as gigastt 2.3 counts them: 80 are about 40 Cyrillic letters.
        case utf8Bytes
        /// Characters as a reader sees them (grapheme clusters).
        case characters

        /// The length of `text` in this unit.
        func measure(_ text: String) -> Int {
            switch self {
            case .utf8Bytes: text.utf8.count
            case .characters: text.count
            }
        }
    }

    /// The longest line of a cue, speaker label included; 0 or less: unlimited.
    ///
    /// For SubRip, WebVTT, Advanced SubStation Alpha and `segments`. A word that is longer by itself is not split; it gets a cue of its own.
    public var maxCharactersPerLine: Int
    /// The most words in a cue; 0 or less: unlimited.
    ///
    /// For SubRip, WebVTT, Advanced SubStation Alpha and `segments`.
    public var maxWordsPerLine: Int
    /// Whether Markdown ends with a table of the words and their times.
    ///
    /// Has no effect with `segments`.
    public var wordTimestamps: Bool
    /// Whether Markdown shows the cues under headings with their start times instead of the text in one piece.
    public var segments: Bool
    /// What `maxCharactersPerLine` counts.
    public var width: Width
    /// Where cues end, besides at the limits.
    ///
    /// For SubRip, WebVTT, Advanced SubStation Alpha and `segments`.
    public var cues: CueGrouping
    /// Which rules subtitles obey. With `broadcast`, the two limits, `width` and `cues` have no effect.
    ///
    /// For SubRip, WebVTT, Advanced SubStation Alpha and `segments`.
    public var captions: CaptionStyle
    /// The name of the recording, for RTTM; white space in it is written as `_`.
    public var recordingName: String

    /// Options; each default but that of `cues` is that of gigastt 2.3.
    public init(
        maxCharactersPerLine: Int = 80,
        maxWordsPerLine: Int = 14,
        wordTimestamps: Bool = false,
        segments: Bool = false,
        width: Width = .utf8Bytes,
        cues: CueGrouping = .natural,
        captions: CaptionStyle = .lines,
        recordingName: String = "recording"
    ) {
        self.maxCharactersPerLine = maxCharactersPerLine
        self.maxWordsPerLine = maxWordsPerLine
        self.wordTimestamps = wordTimestamps
        self.segments = segments
        self.width = width
        self.cues = cues
        self.captions = captions
        self.recordingName = recordingName
    }
}

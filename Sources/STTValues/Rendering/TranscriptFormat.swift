/// A text format a transcript can be written in.
public enum TranscriptFormat: Sendable, Hashable, CaseIterable {
    /// One line of JSON with sorted keys: the text, its duration and every word.
    case json
    /// The text and nothing else.
    case plainText
    /// SubRip subtitles.
    case subRip
    /// WebVTT subtitles.
    case webVTT
    /// Markdown with YAML front matter.
    case markdown
    /// Markdown for readers: the turns of the speakers with their times.
    case minutes
    /// Advanced SubStation Alpha subtitles.
    case advancedSubStation
    /// A table of the utterances: start, end, speaker, confidence and text, separated by commas (RFC 4180).
    case csv
    /// Who spoke when, in NIST's Rich Transcription Time Marked.
    case rttm

    /// The usual file name extension, without the dot. Each format has its own, so that one folder can hold all of them.
    public var fileExtension: String {
        switch self {
        case .json: "json"
        case .plainText: "txt"
        case .subRip: "srt"
        case .webVTT: "vtt"
        case .markdown: "md"
        case .minutes: "minutes.md"
        case .advancedSubStation: "ass"
        case .csv: "csv"
        case .rttm: "rttm"
        }
    }
}

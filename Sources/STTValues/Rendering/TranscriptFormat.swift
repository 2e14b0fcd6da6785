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
    /// Advanced SubStation Alpha subtitles.
    case advancedSubStation
    /// A table of the utterances: start, end, speaker, confidence and text, separated by commas (RFC 4180).
    case csv
    /// Who spoke when, in NIST's Rich Transcription Time Marked.
    case rttm

    /// The usual file name extension, without the dot; also the format's own name on the command line.
    public var fileExtension: String {
        switch self {
        case .json: "json"
        case .plainText: "txt"
        case .subRip: "srt"
        case .webVTT: "vtt"
        case .markdown: "md"
        case .advancedSubStation: "ass"
        case .csv: "csv"
        case .rttm: "rttm"
        }
    }
}

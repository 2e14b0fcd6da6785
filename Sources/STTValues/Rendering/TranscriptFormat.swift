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

    /// The usual file name extension, without the dot; also the format's own name on the command line.
    public var fileExtension: String {
        switch self {
        case .json: "json"
        case .plainText: "txt"
        case .subRip: "srt"
        case .webVTT: "vtt"
        case .markdown: "md"
        }
    }

    /// The value of an HTTP `Content-Type` field for a body in this format.
    public var contentType: String {
        switch self {
        case .json: "application/json; charset=utf-8"
        case .plainText: "text/plain; charset=utf-8"
        case .subRip: "application/x-subrip; charset=utf-8"
        case .webVTT: "text/vtt; charset=utf-8"
        case .markdown: "text/markdown; charset=utf-8"
        }
    }
}

import STTValues

extension TranscriptFormat {
    /// The value of the `Content-Type` field for a body in this format.
    var contentType: String {
        switch self {
        case .json: "application/json; charset=utf-8"
        case .plainText: "text/plain; charset=utf-8"
        case .subRip: "application/x-subrip; charset=utf-8"
        case .webVTT: "text/vtt; charset=utf-8"
        case .markdown, .minutes: "text/markdown; charset=utf-8"
        case .advancedSubStation: "text/x-ssa; charset=utf-8"
        case .csv: "text/csv; charset=utf-8"
        case .rttm: "text/plain; charset=utf-8"
        }
    }
}

extension Transcript {
    /// The transcript as text in `format`.
    ///
    /// Lines end in `\n`; there is no byte-order mark. What the formats do not escape is written as it is. Negative
    /// times count as 0. JSON and plain text have no newline at the end, WebVTT and Markdown without a table of words
    /// have two, the others have one. Cost: linear in the number of words.
    ///
    /// ```swift
    /// let subtitles = transcript.rendered(as: .webVTT, options: RenderingOptions(maxWordsPerLine: 7))
    /// ```
    ///
    /// - Parameters:
    ///   - format: The format to write.
    ///   - options: How to lay it out.
    /// - Returns: The whole document.
    public func rendered(as format: TranscriptFormat, options: RenderingOptions = RenderingOptions()) -> String {
        switch format {
        case .json: TranscriptJSON.text(of: self)
        case .plainText: text
        case .subRip: SubRip.text(of: CueLayout.cues(of: self, options: options))
        case .webVTT: WebVTT.text(of: CueLayout.cues(of: self, options: options))
        case .markdown: Markdown.text(of: self, options: options)
        case .minutes: Minutes.text(of: self)
        case .advancedSubStation: SubStationAlpha.text(of: CueLayout.cues(of: self, options: options))
        case .csv: UtteranceTable.text(of: self)
        case .rttm: RichTranscription.text(of: self, recording: options.recordingName)
        }
    }
}

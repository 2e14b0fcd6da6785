/// Markdown with YAML front matter, as the gigastt 2.3 contract lays it out.
///
/// The text itself is not escaped.
enum Markdown {
    /// The document: front matter, then the text (with a table of words if asked for) or the cues under headings.
    static func text(of transcript: Transcript, options: RenderingOptions) -> String {
        let words = transcript.words
        let frontMatter = frontMatter(duration: transcript.duration, words: words)
        if options.segments {
            return frontMatter + sections(CueLayout.cues(of: transcript, options: options))
        }
        let body = frontMatter + "# Transcript\n\n\(transcript.text)\n\n"
        return options.wordTimestamps && !words.isEmpty ? body + table(words) : body
    }

    private static func frontMatter(duration: Double, words: [Word]) -> String {
        let seconds = ShortestDecimal(duration > 0 ? duration : 0)?.plain ?? "0"
        return "---\nduration: \(seconds)\nlanguage: ru\nspeakers: \(speakerCount(words))\n---\n\n"
    }

    /// The highest speaker index and one, as in the contract, even when indices below it never spoke.
    private static func speakerCount(_ words: [Word]) -> Int {
        guard let last = words.lazy.compactMap(\.speaker).max(), last >= 0 else { return 0 }
        return last < Int.max ? last + 1 : last
    }

    private static func sections(_ cues: [Cue]) -> String {
        cues.map { "### [\(Timestamp(seconds: $0.start).heading)]\n\n\($0.text)\n\n" }.joined()
    }

    private static func table(_ words: [Word]) -> String {
        let header = """
            # Word timings

            | Word | Start | End | Confidence | Speaker |
            |------|-------|-----|------------|---------|

            """
        return header + words.map(row).joined()
    }

    private static func row(_ word: Word) -> String {
        let text = String(word.lineText.unicodeScalars.replacing("|".unicodeScalars, with: "\\|".unicodeScalars))
        let start = ThreeDecimals.text(of: word.start)
        let end = ThreeDecimals.text(of: word.end)
        let confidence = ThreeDecimals.text(of: Double(word.confidence))
        let speaker = word.speaker.map { "SPEAKER_\($0)" } ?? "-"
        return "| \(text) | \(start)s | \(end)s | \(confidence) | \(speaker) |\n"
    }
}

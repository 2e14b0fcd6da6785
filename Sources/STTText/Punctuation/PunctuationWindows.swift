/// How a long text is given to a punctuation model: in windows that overlap, of which each decides the words in its middle.
enum PunctuationWindows {
    /// Words of a window, and how far the next one begins after it.
    static let length = 250
    static let overlap = 40

    struct Window: Hashable {
        /// What the model reads.
        let words: Range<Int>
        /// What it decides.
        let kept: Range<Int>
    }

    /// Windows for a number of words; their kept parts follow one another without a gap.
    static func windows(wordCount: Int) -> [Window] {
        var windows: [Window] = []
        var start = 0
        while true {
            let end = min(start + length, wordCount)
            let isLast = end == wordCount
            windows.append(
                Window(
                    words: start..<end,
                    kept: (start == 0 ? 0 : start + overlap / 2)..<(isLast ? end : end - overlap / 2)))
            if isLast { return windows }
            start += length - overlap
        }
    }
}

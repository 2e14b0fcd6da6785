extension Transcript {
    /// What is written in reading order: one passage, and one more for each utterance that begins during that of another
    /// speaker. Sorted by time, the words of both would alternate.
    package var passages: [[WrittenWord]] {
        var passages: [[WrittenWord]] = []
        for words in segments.lazy.map(\.writtenWords) where !words.isEmpty {
            if let last = passages.last?.last, let first = words.first,
                first.speaker == last.speaker || first.start >= last.end
            {
                passages[passages.count - 1] += words
            } else {
                passages.append(words)
            }
        }
        return passages
    }
}

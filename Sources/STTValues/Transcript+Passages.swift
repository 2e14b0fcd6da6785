extension Transcript {
    /// The words in reading order: one passage, and one more for each utterance that begins during that of another
    /// speaker. Sorted by time, the words of both would alternate.
    package var passages: [[Word]] { Self.passages(segments.lazy.map(\.words)) }

    /// The same with the words as they are written in the text.
    package var writtenPassages: [[Word]] { Self.passages(segments.lazy.map(\.writtenWords)) }

    private static func passages(_ utterances: some Sequence<[Word]>) -> [[Word]] {
        var passages: [[Word]] = []
        for words in utterances where !words.isEmpty {
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

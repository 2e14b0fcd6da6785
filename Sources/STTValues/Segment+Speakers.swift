extension [Segment] {
    /// Sets the speaker of the words whose middle lies within `time`, in seconds of the recording; `nil`: not known. Texts,
    /// times and all else stay.
    ///
    /// Who spoke may be known only when the words are final, and may change again with more audio. A live client is
    /// given the segments that changed.
    ///
    /// - Returns: The indices of the segments that changed. Cost: the number of words.
    @discardableResult
    package mutating func relabel(_ time: Range<Double>, as speaker: Int?) -> [Int] {
        indices.filter { index in
            let words = self[index].words.map { word in
                guard time.contains((word.start + word.end) / 2) else { return word }
                var word = word
                word.speaker = speaker
                return word
            }
            defer { self[index].words = words }
            return words != self[index].words
        }
    }
}

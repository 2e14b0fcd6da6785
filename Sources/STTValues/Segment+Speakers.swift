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
        indices.filter { self[$0].words.relabel(time, as: speaker) }
    }
}

extension [Word] {
    /// Sets the speaker of the words whose middles lie in `time`; returns whether one has changed.
    @discardableResult
    package mutating func relabel(_ time: Range<Double>, as speaker: Int?) -> Bool {
        var isChanged = false
        for index in indices where time.contains((self[index].start + self[index].end) / 2) {
            isChanged = isChanged || self[index].speaker != speaker
            self[index].speaker = speaker
        }
        return isChanged
    }
}

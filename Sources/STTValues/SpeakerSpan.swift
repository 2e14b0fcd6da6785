/// A part of live speech whose words were said by one speaker.
///
/// It concerns the words of finals whose middle lies in it; it comes after them, and a later one may correct it. Texts and
/// times never change.
public struct SpeakerSpan: Sendable, Hashable, Codable {
    /// Seconds from the start of the stream.
    public var start: Double
    /// Seconds from the start of the stream; the end does not belong to it.
    public var end: Double
    /// The index of the speaker, from 0. It means the same voice as long as the stream lasts.
    public var speaker: Int

    /// A part with its speaker.
    public init(start: Double, end: Double, speaker: Int) {
        (self.start, self.end, self.speaker) = (start, end, speaker)
    }
}

extension [Segment] {
    /// Sets the speakers of the words that lie in `spans`; the later ones count.
    ///
    /// - Returns: The indices of the segments that changed, in order. Cost: the product of words and spans.
    @discardableResult
    public mutating func relabel(_ spans: [SpeakerSpan]) -> [Int] {
        let changed = spans.filter { $0.start < $0.end }.map { relabel($0.start..<$0.end, as: $0.speaker) }
        return Set(changed.joined()).sorted()
    }
}

/// What comes out of a live stream, in the order in which it happened.
public enum LiveEvent: Sendable, Hashable {
    /// Speech began, at this second of the stream.
    case speechStarted(at: Double)
    /// Speech ended; the utterance ends at this second of the stream. A final follows.
    case speechStopped(at: Double)
    /// A preview of the open utterance; it replaces the one before.
    case partial(Partial)
    /// An utterance whose text will not change any more.
    case final(Segment)
    /// Everything before the flush with this number is decided.
    case flushed(Int)
}

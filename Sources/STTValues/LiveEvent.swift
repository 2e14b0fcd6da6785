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
    /// Who said the words of finals that were read before; only with `LiveOptions.speakers`. A later event may correct it.
    /// `names`, with `LiveOptions.knownVoices`: when they change, those of all speakers of the stream, instead of those of
    /// earlier events; else `nil`.
    case speakers([SpeakerSpan], names: [SpeakerName]? = nil)
    /// The speaker model failed, or takes too long: there are no further `speakers`. The recognition goes on.
    case speakersUnavailable
    /// Everything before the flush with this number is decided.
    case flushed(Int)
}

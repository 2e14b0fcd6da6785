import GigaSTT

/// The latencies of one live session, from the events as they are read and sent.
struct LiveLatencies: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// The time that a text took.
    enum Latency: Sendable, Hashable {
        /// From the detection of speech in the audio fed to the engine, to the moment at which the first partial with a
        /// word was handed to the system. Not counted: utterances without a partial before their final, and those that
        /// continue after a cut. Not included: audio waiting in the network or in front of a busy engine, and the tenth
        /// of a second that detection takes.
        case firstPartial(Duration)
        /// From the endpoint decision (silence, blanks, a cut, `stop` or a shutdown) to the moment at which the final
        /// was handed to the system. Finals without a word are not counted, the silence before the decision is not
        /// included.
        case final(Duration)
    }

    /// Finals with words that were sent.
    private(set) var utteranceCount = 0
    /// Words in them.
    private(set) var wordCount = 0
    /// When the open utterance was detected, until its first partial is sent.
    private var onset: Instant?

    /// An event was read.
    mutating func record(_ event: TimedLiveEvent) {
        if case .speechStarted = event.event { onset = event.since }
    }

    /// The message made of an event was sent.
    mutating func recordSent(_ event: TimedLiveEvent, at now: Instant) -> Latency? {
        switch event.event {
        case .partial(let partial) where !partial.words.isEmpty:
            defer { onset = nil }
            return onset.map { .firstPartial($0.duration(to: now)) }
        case .final(let segment):
            onset = nil
            guard !segment.words.isEmpty else { return nil }
            utteranceCount += 1
            wordCount += segment.words.count
            return .final(event.since.duration(to: now))
        case .partial, .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable: return nil
        }
    }
}

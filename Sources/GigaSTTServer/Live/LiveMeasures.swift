import GigaSTT

/// What a live session is measured by. A value: who sends the events tells it so, and records what it returns.
struct LiveMeasures: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How long a text took.
    enum Latency: Sendable, Hashable {
        /// From the moment at which the engine noticed, in the audio it had been fed, that somebody speaks, to the
        /// moment at which the first partial of that utterance with a word in it was handed to the system for the
        /// client. An utterance that shows no partial before its final is not counted, nor is one that goes on behind
        /// a cut. Not included: audio that waits in the network or, while the engine is busy, in front of it; and the
        /// speech that it takes to notice speech, about a tenth of a second.
        case firstPartial(Duration)
        /// From the moment at which the engine decided that an utterance had ended (by silence, blanks, a cut, `stop`
        /// or a shutdown) to the moment at which its final was handed to the system for the client. Finals without a
        /// word are not counted. The silence that leads to the decision is not included.
        case final(Duration)
    }

    /// Finals with words that were sent.
    private(set) var utteranceCount = 0
    /// Words in them.
    private(set) var wordCount = 0
    /// When the open utterance was noticed, until it has shown something.
    private var onset: Instant?

    /// An event came from the engine.
    mutating func came(_ event: TimedLiveEvent) {
        if case .speechStarted = event.event { onset = event.since }
    }

    /// The message that was made of an event has been sent.
    mutating func sent(_ event: TimedLiveEvent, at now: Instant) -> Latency? {
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
        case .partial, .speechStarted, .speechStopped, .flushed: return nil
        }
    }
}

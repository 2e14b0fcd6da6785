/// An event of a live stream and when it happened, for measuring latency.
public struct TimedLiveEvent: Sendable, Hashable {
    /// What happened.
    public let event: LiveEvent
    /// For `speechStarted` the moment at which the engine, from the audio it had been fed, noticed that somebody
    /// speaks; for `final` the moment at which it decided that the utterance had ended. For every other event the
    /// moment at which it could first be read.
    public let since: ContinuousClock.Instant

    /// An event of which the cause came about at `since`.
    public init(_ event: LiveEvent, since: ContinuousClock.Instant) {
        self.event = event
        self.since = since
    }
}

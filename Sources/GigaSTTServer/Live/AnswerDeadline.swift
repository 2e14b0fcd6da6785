/// Until when the answer to a message of audio waits for the text that the audio sets going.
///
/// The wait is shorter than the audio, so that a client in real time never waits for it with its next message. Two kinds of
/// answers do not wait: those to a client that sends faster than real time, such as one with a file, and, after text that did
/// not come in time, those to the next messages: one, then twice as many each time.
struct AnswerDeadline: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Of the length of the audio.
    static let share = 0.9
    /// In seconds, however long the audio is.
    static let longest = 0.2
    /// Seconds of audio that a client may be ahead of the clock.
    static let leadLimit = 1.0
    /// By which part of the audio the lead falls, so that a burst is forgotten in time.
    static let forgotten = 0.05
    /// Messages in a row that are answered without a wait.
    static let pauseLimit = 32

    private var lead = 0.0
    private var lastArrival: Instant?
    private var pause = 0
    private var remainingPause = 0

    /// Takes a message with so many seconds of audio; returns the deadline of its answer, `nil` where it does not wait.
    mutating func deadline(audio seconds: Double, at arrival: Instant) -> Instant? {
        if let lastArrival { lead = max(0, lead - lastArrival.duration(to: arrival) / .seconds(1)) }
        let isAhead = lead > Self.leadLimit
        lead += (1 - Self.forgotten) * seconds
        lastArrival = arrival
        guard remainingPause == 0 else {
            remainingPause -= 1
            return nil
        }
        return isAhead ? nil : arrival + .seconds(min(Self.share * seconds, Self.longest))
    }

    /// The answer waited; whether the text came before the deadline.
    mutating func waited(isInTime: Bool) {
        pause = isInTime ? 0 : min(max(2 * pause, 1), Self.pauseLimit)
        remainingPause = pause
    }
}

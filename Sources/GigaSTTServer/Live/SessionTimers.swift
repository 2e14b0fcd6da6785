/// The timers of one live session: idle time, length, pings. A value; the driver sleeps and acts.
struct SessionTimers: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What expired.
    enum Expiry: Sendable, Hashable {
        /// A ping is due.
        case ping
        /// The last pings were not answered.
        case pingTimeout
        /// The client sent no data.
        case idle
        /// The session is as long as it may be.
        case sessionLength
    }

    /// Unanswered pings before the client counts as disconnected.
    static let unansweredPingLimit = 2

    private let idleTimeout: Duration
    private let pingInterval: Duration
    private let end: Instant?
    private var nextPing: Instant
    private var unansweredPingCount = 0
    private var lastData: Instant
    private var isFeeding = false

    /// Starts the timers. An idle time or a length of zero never expires.
    init(_ settings: SessionSettings, now: Instant) {
        idleTimeout = settings.idleTimeout
        pingInterval = max(settings.pingInterval, .milliseconds(1))
        end = settings.maximumDuration > .zero ? now + settings.maximumDuration : nil
        nextPing = now + pingInterval
        lastData = now
    }

    /// A frame arrived; text and binary ones are data.
    mutating func heard(isData: Bool, at now: Instant) {
        unansweredPingCount = 0
        if isData { lastData = now }
    }

    /// No frames are read while the engine takes audio, so the idle and ping timers are paused.
    mutating func beginFeeding() { isFeeding = true }

    /// A ping was handed to the system. One that was not, because earlier messages wait, cannot be answered.
    mutating func pingSent() { unansweredPingCount += 1 }

    /// The engine took the audio.
    mutating func endFeeding(at now: Instant) {
        isFeeding = false
        heard(isData: true, at: now)
    }

    /// When to ask `expired` next.
    var next: Instant {
        var instants = [nextPing]
        if let end { instants.append(end) }
        if let idleEnd { instants.append(idleEnd) }
        return instants.min() ?? nextPing
    }

    /// What expired, the most important first; call again until it is `nil`, or an end has been reported.
    mutating func expired(at now: Instant) -> Expiry? {
        if let end, now >= end { return .sessionLength }
        if now >= nextPing {
            // Late pings are not made up for.
            nextPing = now + pingInterval
            if isFeeding { unansweredPingCount = 0 }
            return unansweredPingCount >= Self.unansweredPingLimit ? .pingTimeout : .ping
        }
        if let idleEnd, now >= idleEnd { return .idle }
        return nil
    }

    private var idleEnd: Instant? { idleTimeout > .zero && !isFeeding ? lastData + idleTimeout : nil }
}

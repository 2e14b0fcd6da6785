/// The timers of one live session: idle time, length, pings, keep-alives. A value; the driver sleeps and acts.
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
        /// No audio comes, and the protocol may have a message for this.
        case keepAlive
        /// The session is as long as it may be.
        case sessionLength
    }

    /// Unanswered pings before the client counts as disconnected.
    static let unansweredPingLimit = 2

    private let idleTimeout: Duration
    private let pingInterval: Duration
    private let keepAliveInterval: Duration?
    private let end: Instant?
    private var nextPing: Instant
    private var unansweredPingCount = 0
    private var lastData: Instant
    private var lastAudio: Instant
    private var lastKeepAlive: Instant
    private var isFeeding = false

    /// Starts the timers. An idle time or a length of zero never expires.
    ///
    /// - Parameter keepAliveInterval: time without audio after which `keepAlive` expires; `nil`: it never does.
    init(_ settings: SessionSettings, keepAliveInterval: Duration? = nil, now: Instant) {
        idleTimeout = settings.idleTimeout
        self.keepAliveInterval = keepAliveInterval
        pingInterval = max(settings.pingInterval, .milliseconds(1))
        end = settings.maximumDuration > .zero ? now + settings.maximumDuration : nil
        nextPing = now + pingInterval
        (lastData, lastAudio, lastKeepAlive) = (now, now, now)
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
        lastAudio = now
        heard(isData: true, at: now)
    }

    /// When to ask `expired` next.
    var next: Instant {
        var instants = [nextPing]
        if let end { instants.append(end) }
        if let idleEnd { instants.append(idleEnd) }
        if let nextKeepAlive { instants.append(nextKeepAlive) }
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
        if let nextKeepAlive, now >= nextKeepAlive {
            lastKeepAlive = now
            // What is not read yet is data.
            return isFeeding ? nil : .keepAlive
        }
        return nil
    }

    private var nextKeepAlive: Instant? { keepAliveInterval.map { max(lastAudio, lastKeepAlive) + $0 } }
    private var idleEnd: Instant? { idleTimeout > .zero && !isFeeding ? lastData + idleTimeout : nil }
}

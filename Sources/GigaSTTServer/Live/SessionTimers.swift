/// The clocks of one live session: idle time, length, pings. A value: who holds it sleeps and acts.
struct SessionTimers: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What ran out.
    enum Expiry: Sendable, Hashable {
        /// A ping is to be sent.
        case ping
        /// The last pings were not answered.
        case peerSilent
        /// The client sent no data.
        case idle
        /// The session is as long as it may be.
        case sessionLength
    }

    /// Pings that may be open before the client counts as gone.
    static let unansweredPingLimit = 2

    private let idleTimeout: Duration
    private let pingInterval: Duration
    private let end: Instant?
    private var nextPing: Instant
    private var unansweredPingCount = 0
    private var lastData: Instant
    private var isFeeding = false

    /// Starts the clocks. An idle time or a length of zero never runs out.
    init(_ settings: SessionSettings, now: Instant) {
        idleTimeout = settings.idleTimeout
        pingInterval = max(settings.pingInterval, .milliseconds(1))
        end = settings.lengthLimit > .zero ? now + settings.lengthLimit : nil
        nextPing = now + pingInterval
        lastData = now
    }

    /// A frame arrived; text and binary ones are data.
    mutating func heard(isData: Bool, at now: Instant) {
        unansweredPingCount = 0
        if isData { lastData = now }
    }

    /// Audio is being handed to the engine, during which nothing is read and so nothing can be heard of the client.
    mutating func beginFeeding() { isFeeding = true }

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

    /// What ran out, the most important first; call again until it is `nil`.
    mutating func expired(at now: Instant) -> Expiry? {
        if let end, now >= end { return .sessionLength }
        if now >= nextPing {
            // Late pings are not made up for.
            nextPing = now + pingInterval
            if isFeeding { unansweredPingCount = 0 }
            if unansweredPingCount >= Self.unansweredPingLimit { return .peerSilent }
            unansweredPingCount += 1
            return .ping
        }
        if let idleEnd, now >= idleEnd { return .idle }
        return nil
    }

    private var idleEnd: Instant? { idleTimeout > .zero && !isFeeding ? lastData + idleTimeout : nil }
}

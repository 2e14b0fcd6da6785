/// How many requests each client may make.
public struct RateLimit: Sendable, Hashable {
    /// Requests a minute in the long run; 0: no limit.
    public var perMinute = 0
    /// Requests that may come at once after a pause.
    public var burst = 10

    /// No limit.
    public init() {}

    /// A limit; `perMinute` 0 is none.
    public init(perMinute: Int, burst: Int = 10) {
        self.perMinute = perMinute
        self.burst = burst
    }

    /// Whether requests are limited.
    public var isEnabled: Bool { perMinute > 0 }

    /// Time until a request is allowed again, as sent to the client (gigastt contract).
    var retryAfterMilliseconds: UInt32 { UInt32(clamping: max(1, 60_000 / max(1, perMinute))) }

    /// Refuses a limit under which no request would ever be allowed.
    ///
    /// Throws `ServerError` with code `settingInvalid`.
    func check() throws(ServerError) {
        guard isEnabled, burst <= 0 else { return }
        throw ServerError(
            .settingInvalid, "--rate-limit-burst must be > 0 when --rate-limit-per-minute is enabled")
    }
}

/// A token bucket: a token for each request, refilled at a steady rate.
struct TokenBucket: Sendable, Hashable {
    private var tokens: Double
    /// When a token was last asked for.
    private(set) var lastUse: Duration

    /// A full bucket.
    init(_ limit: RateLimit, at now: Duration) {
        tokens = Self.capacity(limit)
        lastUse = now
    }

    /// Takes a token if there is one.
    mutating func take(_ limit: RateLimit, at now: Duration) -> Bool {
        let milliseconds = max(.zero, now - lastUse) / .milliseconds(1)
        tokens = min(Self.capacity(limit), tokens + milliseconds * Double(limit.perMinute) / 60_000)
        lastUse = max(lastUse, now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    private static func capacity(_ limit: RateLimit) -> Double { Double(max(1, limit.burst)) }
}

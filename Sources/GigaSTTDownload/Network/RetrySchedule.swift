/// How often a file is tried, and how long the waits between the tries are.
public struct RetrySchedule: Sendable, Hashable {
    /// Tries in a row without progress before the download fails.
    public var tries: Int
    /// The wait after the first failure; each further one doubles it.
    public var firstWait: Duration
    /// No wait is longer, whatever the server asks for.
    public var longestWait: Duration

    /// Five tries; waits of about 1, 2, 4 and 8 seconds, at most a minute.
    public static let standard = RetrySchedule(tries: 5, firstWait: .seconds(1), longestWait: .seconds(60))

    /// A schedule of one's own.
    public init(tries: Int, firstWait: Duration, longestWait: Duration) {
        self.tries = tries
        self.firstWait = firstWait
        self.longestWait = longestWait
    }

    /// The wait after the given number of failures in a row, 1 for the first; `nil` when that was the last try.
    ///
    /// Half of the wait is fixed and half is scaled by `jitter`, 0 up to 1, so that clients that failed together do not
    /// come back together. A server's `Retry-After` sets the least wait.
    func wait(afterFailures failures: Int, retryAfter: Duration?, jitter: Double) -> Duration? {
        guard failures < tries else { return nil }
        // 2^20 first waits are above any sensible limit, and the shift cannot overflow.
        let doubled = firstWait * (1 << min(max(failures - 1, 0), 20))
        let span = min(doubled, longestWait)
        return min(max(span / 2 + span / 2 * jitter, retryAfter ?? .zero), longestWait)
    }
}

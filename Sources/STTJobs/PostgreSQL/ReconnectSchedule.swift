/// When a lost connection may be opened again: at once, then after longer and longer waits, so that a server that is down
/// is not asked for each statement.
struct ReconnectSchedule: Sendable {
    /// Between two attempts: after the first failure, doubled with each further one.
    static let delays = (first: Duration.milliseconds(100), longest: Duration.seconds(5))

    private var delay: Duration?
    private var next: ContinuousClock.Instant?

    /// Whether an attempt is due.
    func allowsAttempt(at now: ContinuousClock.Instant) -> Bool { next.map { $0 <= now } ?? true }

    /// Takes an attempt that failed.
    mutating func fail(at now: ContinuousClock.Instant) {
        let delay = delay.map { min($0 * 2, Self.delays.longest) } ?? Self.delays.first
        (self.delay, next) = (delay, now + delay)
    }

    /// Takes an attempt that succeeded.
    mutating func succeed() { (delay, next) = (nil, nil) }
}

/// The queue's only source of time, and who wakes it when some has passed.
protocol Timekeeper: Sendable {
    /// Time since some fixed moment. It stands still while the machine sleeps, so that work which was under way when a
    /// lid was closed is not late when it is opened.
    var now: Duration { get }

    /// Says what to do on waking up. Called once, before anything else.
    func start(_ onWake: @escaping @Sendable () -> Void)

    /// Asks to be woken at `time`, or earlier: once somebody has asked for an earlier time, that one counts. Being
    /// woken ends all wishes.
    func wake(at time: Duration)
}

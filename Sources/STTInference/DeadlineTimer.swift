/// The only clock of the queue, and the timer that wakes it.
protocol DeadlineTimer: Sendable {
    /// Time since some fixed moment. It stands still while the machine sleeps, so that work which was under way when the
    /// lid of a laptop was closed is not late when it is opened.
    var now: Duration { get }

    /// Sets what to do on waking up. Called once, before anything else.
    func start(_ onWake: @escaping @Sendable () -> Void)

    /// Asks to be woken at `time`, or earlier: of several times that were asked for, the earliest counts. Waking ends all
    /// of them.
    func wake(at time: Duration)
}

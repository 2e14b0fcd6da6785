import Synchronization

/// Ends a recording whose limits of time are exceeded. All parts of the recognition note their progress in it.
package final class Watchdog: Sendable {
    private let deadline: Mutex<ProgressDeadline>
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (_ until: Duration) async throws -> Void

    /// Begins to count. The clock stands still while the machine sleeps, like that of the inference queue: a recording
    /// that was under way when the lid of a laptop was closed is not late when it is opened.
    package init(queueTimeout: Duration?, progressTimeout: Duration?, clock: some Clock<Duration> = SuspendingClock()) {
        let start = clock.now
        deadline = Mutex(ProgressDeadline(queueTimeout: queueTimeout, progressTimeout: progressTimeout, now: .zero))
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
    }

    package func note(_ step: ProgressDeadline.Step) {
        let now = now()
        deadline.withLock { $0.note(step, at: now) }
    }

    /// Returns the error when a limit is exceeded; `nil` when none can be any more, or when the task is cancelled.
    func failure() async -> (any Error)? {
        note(.done)
        while let check = deadline.withLock({ [now = now()] in $0.nextCheck(at: now) }) {
            do { try await sleep(check) } catch { return nil }
            if let failure = deadline.withLock({ [now = now()] in $0.failure(at: now) }) { return failure }
        }
        return nil
    }
}

extension RecognitionStream {
    /// Ends the stream when the limits of its watchdog are exceeded. Runs beside the caller; returns when it is cancelled.
    package func watch() async {
        if let failure = await settings.watchdog?.failure() { end(with: failure) }
    }
}

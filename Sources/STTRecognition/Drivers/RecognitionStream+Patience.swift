import Synchronization

/// The patience of a stream's caller, noted by everybody who works for it.
package final class PatienceClock: Sendable {
    private let patience: Mutex<Patience>

    package init(_ patience: Patience) { self.patience = Mutex(patience) }

    package func note(_ step: Patience.Step) { patience.withLock { $0.note(step, at: .now) } }

    fileprivate var nextLook: Patience.Instant? { patience.withLock { $0.nextLook(at: .now) } }
    fileprivate var failure: (any Error)? { patience.withLock { $0.failure(at: .now) } }
}

extension RecognitionStream {
    /// Ends the stream when its caller's patience is over. Runs beside the caller; returns when it is cancelled.
    package func keepPatience() async {
        guard let clock = settings.patience else { return }
        clock.note(.done)
        while let look = clock.nextLook {
            do { try await ContinuousClock().sleep(until: look) } catch { return }
            if let failure = clock.failure { return end(with: failure) }
        }
    }
}

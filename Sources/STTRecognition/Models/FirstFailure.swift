package import STTValues
import Synchronization

/// Reports that a model failed while it ran, once, however often it does: what is recognised goes on without it.
package final class FirstFailure: Sendable {
    private let message: String
    private let report: (@Sendable (GigaSTTError) -> Void)?
    private let isReported = Atomic(false)

    /// `message` says what failed and what happens instead.
    package init(_ message: String, report: (@Sendable (GigaSTTError) -> Void)?) {
        (self.message, self.report) = (message, report)
    }

    func note(_ error: any Error) {
        guard !isReported.exchange(true, ordering: .relaxed) else { return }
        let detail = (error as? GigaSTTError)?.debugDescription ?? String(reflecting: error)
        report?(GigaSTTError(.inferenceFailed, message, detail: detail))
    }
}

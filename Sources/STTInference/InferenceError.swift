/// Why the queue did not return a result.
///
/// What a body throws is passed on unchanged, and a cancelled caller gets `CancellationError`; all else is this error.
package struct InferenceError: Error, Sendable, Hashable {
    /// What happened.
    package let code: Code
    /// What happened and what to do next, fit to be shown to a client.
    package let message: String
    /// When another attempt is likely to be accepted; only with ``Code/overloaded``.
    package let retryAfter: Duration?

    private init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// The kinds of failure; more may be added.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case overloaded
            case superseded
            case preempted
            case timedOut
            case stalled
            case shuttingDown
        }

        private let kind: Kind

        /// The lane is full; nothing was queued.
        package static let overloaded = Code(kind: .overloaded)
        /// Newer work of the same client made this partial pointless before it began.
        package static let superseded = Code(kind: .superseded)
        /// The run of this partial was stopped, because a final would have waited for it.
        package static let preempted = Code(kind: .preempted)
        /// The time allowed for waiting and running, or for a single run, was over.
        package static let timedOut = Code(kind: .timedOut)
        /// The work did not stop when it was asked to, or every worker is stuck in work that did not.
        package static let stalled = Code(kind: .stalled)
        /// The queue takes no more work.
        package static let shuttingDown = Code(kind: .shuttingDown)

        /// The name of the code.
        package var description: String { kind.rawValue }
    }
}

extension InferenceError: CustomStringConvertible {
    /// Code and message.
    package var description: String { "\(code): \(message)" }
}

extension InferenceError {
    static func overloaded(retryAfter: Duration) -> InferenceError {
        let pause = retryAfter.formattedSeconds
        return InferenceError(
            .overloaded, "Too much work of this kind is waiting; try again in about \(pause) s.",
            retryAfter: retryAfter)
    }

    static let superseded = InferenceError(
        .superseded, "Newer work of the same client replaced this partial; wait for the result of the newer one.")
    static let preempted = InferenceError(
        .preempted, "This partial gave way to the final text of another client; wait for the result of the next one.")
    static let timedOut = InferenceError(
        .timedOut, "The recognition did not end in the time allowed; try again with less load or a longer time-out.")
    static let stalled = InferenceError(
        .stalled, "The recognition did not stop when asked to; try again, and restart the process if it happens often.")
    static let noWorkerLeft = InferenceError(
        .stalled, "Every worker is stuck in work that did not stop when asked to; restart the process.")
    static let noResult = InferenceError(.stalled, "The recognition ended without a result; try again.")
    static let shuttingDown = InferenceError(
        .shuttingDown, "The recogniser is shutting down and takes no more work; use another instance.")
}

extension Duration {
    /// Whole seconds and tenths, rounded up, so that the pause is never zero.
    fileprivate var formattedSeconds: String {
        let step = Duration.milliseconds(100)
        let tenths = Int((self / step).rounded(.up))
        return "\(tenths / 10).\(tenths % 10)"
    }
}

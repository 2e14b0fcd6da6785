/// Why the queue did not return a result.
///
/// What a body throws is passed on unchanged, and a cancelled caller gets `CancellationError`; all else is this error.
public struct InferenceError: Error, Sendable, Hashable {
    /// What happened.
    public let code: Code
    /// What happened and what to do next, fit to be shown to a client.
    public let message: String
    /// When another attempt is likely to be accepted; only with ``Code/overloaded``.
    public let retryAfter: Duration?

    private init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// The kinds of failure; more may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case overloaded
            case superseded
            case timedOut
            case stalled
            case shuttingDown
        }

        private let kind: Kind

        /// The lane is full; nothing was queued.
        public static let overloaded = Code(kind: .overloaded)
        /// Newer work of the same client made this partial pointless before it began.
        public static let superseded = Code(kind: .superseded)
        /// The time allowed for waiting and running, or for a single run, was over.
        public static let timedOut = Code(kind: .timedOut)
        /// The work did not stop when it was told to, or every worker is stuck in work that did not.
        public static let stalled = Code(kind: .stalled)
        /// The queue takes no more work.
        public static let shuttingDown = Code(kind: .shuttingDown)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }
}

extension InferenceError: CustomStringConvertible {
    /// Code and message.
    public var description: String { "\(code): \(message)" }
}

extension InferenceError {
    static func overloaded(retryAfter: Duration) -> InferenceError {
        let pause = retryAfter.formattedSeconds
        return InferenceError(
            .overloaded, "Too much work of this kind is waiting; try again in about \(pause) s.",
            retryAfter: retryAfter)
    }

    static let superseded = InferenceError(
        .superseded, "Newer work of the same client replaced this preview; wait for the result of the newer one.")
    static let timedOut = InferenceError(
        .timedOut, "The recognition did not end in the time allowed; try again with less load or a longer time-out.")
    static let stalled = InferenceError(
        .stalled, "The recognition did not stop when told to; try again, and restart the process if it happens often.")
    static let noWorkerLeft = InferenceError(
        .stalled, "Every worker is stuck in work that did not stop when told to; restart the process.")
    static let shuttingDown = InferenceError(
        .shuttingDown, "The recogniser is shutting down and takes no more work; use another instance.")
}

extension Duration {
    /// Whole seconds and tenths, rounded up, so that nobody is asked to come back in no time.
    fileprivate var formattedSeconds: String {
        let step = Duration.milliseconds(100)
        let tenths = Int((self / step).rounded(.up))
        return "\(tenths / 10).\(tenths % 10)"
    }
}

public import Foundation

/// What can go wrong between audio and text. Cancellation is not among it: that is a `CancellationError`.
public struct GigaSTTError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case modelMissing, modelDamaged, modelUnsupported, runtimeMissing, providerMissing, cacheUnusable
            case audioUnreadable, audioTooLong, invalidOption
            case voiceUnusable
            case overloaded, timedOut, shuttingDown, inferenceFailed
        }
        private let kind: Kind

        /// A folder holds no model, or a file of it is not there.
        public static let modelMissing = Code(kind: .modelMissing)
        /// A model file cannot be read, is truncated, or belongs to another model.
        public static let modelDamaged = Code(kind: .modelDamaged)
        /// The model is of a kind that this version does not run.
        public static let modelUnsupported = Code(kind: .modelUnsupported)
        /// The ONNX Runtime library was not found.
        public static let runtimeMissing = Code(kind: .runtimeMissing)
        /// The ONNX Runtime library does not run on the hardware that was asked for.
        public static let providerMissing = Code(kind: .providerMissing)
        /// A prepared encoder cannot be made or kept; models can be used without.
        public static let cacheUnusable = Code(kind: .cacheUnusable)
        /// The audio cannot be read, decoded, or holds no sound track.
        public static let audioUnreadable = Code(kind: .audioUnreadable)
        /// The audio is longer than the options allow.
        public static let audioTooLong = Code(kind: .audioTooLong)
        /// An option has a value that makes no sense.
        public static let invalidOption = Code(kind: .invalidOption)
        /// A recording does not show the voice of one person: too little speech, or several voices.
        public static let voiceUnusable = Code(kind: .voiceUnusable)
        /// There is more work waiting than is allowed; see `retryAfter`.
        public static let overloaded = Code(kind: .overloaded)
        /// The work took longer than allowed.
        public static let timedOut = Code(kind: .timedOut)
        /// The recognizer was shut down.
        public static let shuttingDown = Code(kind: .shuttingDown)
        /// The model failed on this audio.
        public static let inferenceFailed = Code(kind: .inferenceFailed)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do next. Holds no path and nothing that was said: safe to show to anybody.
    public var message: String
    /// For `overloaded`: when it is worth retrying.
    public var retryAfter: Duration?
    /// Paths and messages of libraries, for the operator only.
    public var detail: String

    /// An error with its message and, for the operator, a detail.
    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil, detail: String = "") {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.detail = detail
    }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
    /// The description and the operator's detail.
    public var debugDescription: String { detail.isEmpty ? description : "\(description) [\(detail)]" }
}

extension GigaSTTError: LocalizedError {
    /// The message, for an alert or a line of a log.
    public var errorDescription: String? { message }
}

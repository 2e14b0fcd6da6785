public import Foundation

/// Why audio could not be opened, read or converted.
///
/// ``description`` is safe to show to anyone; what only the operator should see (system errors, causes) appears in
/// ``debugDescription``.
public struct MediaError: Error {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case unreadable, empty, noAudio, unsupportedFormat, unsupportedRate, damaged, libraryMissing,
                invalidEncoding, otherChannels, noSuchTrack
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The source itself failed: no such file, a folder, no permission, a read that failed.
        public static let unreadable = Code(.unreadable)
        /// The source holds no bytes at all.
        public static let empty = Code(.empty)
        /// A known container without an audio track.
        public static let noAudio = Code(.noAudio)
        /// Container, codec or channel count that is not supported.
        public static let unsupportedFormat = Code(.unsupportedFormat)
        /// Sample rate outside what is supported.
        public static let unsupportedRate = Code(.unsupportedRate)
        /// The audio is there but cannot be decoded.
        public static let damaged = Code(.damaged)
        /// The format needs FFmpeg, which could not be loaded.
        public static let libraryMissing = Code(.libraryMissing)
        /// One channel of so many was asked for, and the recording has another number.
        public static let otherChannels = Code(.otherChannels)
        /// The audio track that was asked for does not exist.
        public static let noSuchTrack = Code(.noSuchTrack)
        /// The declared encoding of headerless audio is not valid.
        public static let invalidEncoding = Code(.invalidEncoding)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened and what to do next; free of paths.
    public let message: String
    /// What led to it, for the operator.
    public let cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension MediaError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Code and message.
    public var description: String { "\(code): \(message)" }

    /// Code, message and cause; may name what must not leave the machine.
    public var debugDescription: String {
        guard let cause else { return description }
        return "\(description) [\(String(reflecting: cause))]"
    }
}

extension MediaError: LocalizedError {
    /// The message, for an alert or a line of a log.
    public var errorDescription: String? { message }
}

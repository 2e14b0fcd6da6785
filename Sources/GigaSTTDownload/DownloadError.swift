public import Foundation

/// What can go wrong between a server and a file in place. Cancellation is not among it: that is a
/// `CancellationError`, and what was received stays for the next time.
public struct DownloadError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case network, disk, checksum, offline, locked, notPublished, invalidSetting
        }
        private let kind: Kind

        /// The server cannot be reached, answers with an error, or breaks off too often.
        public static let network = Code(kind: .network)
        /// The model folder cannot be read or written, or the disk is full.
        public static let disk = Code(kind: .disk)
        /// What was received, or is there already, is not the file that is pinned.
        public static let checksum = Code(kind: .checksum)
        /// A file is missing, and no connection may be made.
        public static let offline = Code(kind: .offline)
        /// Another process works on the folder and does not come to an end.
        public static let locked = Code(kind: .locked)
        /// The catalogue has no such model.
        public static let notPublished = Code(kind: .notPublished)
        /// A mirror or proxy is given in a form that cannot be understood.
        public static let invalidSetting = Code(kind: .invalidSetting)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do next. Holds no path: safe to show to anybody.
    public let message: String
    /// Where the file belongs that this is about, for the operator only.
    public let place: URL?
    /// The message of the system or a library, for the operator only.
    public let cause: String

    init(_ code: Code, _ message: String, place: URL? = nil, cause: String = "") {
        self.code = code
        self.message = message
        self.place = place
        self.cause = cause
    }

    /// The message with the place and the cause, for the person at the console.
    public var operatorMessage: String {
        var text = message
        if let place { text += code == .offline ? "; place the file at \(place.path)" : "\n  (\(place.path))" }
        if !cause.isEmpty { text += "\n  (\(cause))" }
        return text
    }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
    /// The code and all that is known.
    public var debugDescription: String { "\(code): \(operatorMessage)" }
}

extension DownloadError: LocalizedError {
    /// The message, for an alert or a line of a log.
    public var errorDescription: String? { message }
}

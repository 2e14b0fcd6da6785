/// Why a transcript could not be rendered as asked.
public struct RenderingError: Error, Sendable, Hashable {
    /// The kind of failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case unsupportedFormat
        }

        private let kind: Kind

        /// No text format has the given name.
        public static let unsupportedFormat = Code(kind: .unsupportedFormat)

        /// The code's name, as in the source.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, in one sentence without a full stop: the words of the gigastt 2.3 contract.
    public let reason: String
    /// What happened and what to do next.
    public var message: String {
        let known = TranscriptFormat.allCases.map(\.fileExtension).joined(separator: ", ")
        return "\(reason). Known formats: \(known)."
    }

    /// The error for a format name nobody knows, quoted as given.
    static func unsupportedFormat(_ name: String) -> RenderingError {
        RenderingError(code: .unsupportedFormat, reason: "unsupported export format: \(name)")
    }
}

extension RenderingError: CustomStringConvertible {
    /// Code and message.
    public var description: String { "\(code): \(message)" }
}

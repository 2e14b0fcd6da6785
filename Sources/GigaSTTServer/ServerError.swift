/// Why a server does not start or ends.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String { case bindRefused, addressUnusable, settingInvalid, fileUnusable }
        private let kind: Kind

        /// A non-loopback address without consent.
        public static let bindRefused = Code(kind: .bindRefused)
        /// The system does not let the server listen on the address.
        public static let addressUnusable = Code(kind: .addressUnusable)
        /// Settings that make no sense together.
        public static let settingInvalid = Code(kind: .settingInvalid)
        /// A file that a setting names cannot be read, or does not hold what it should.
        public static let fileUnusable = Code(kind: .fileUnusable)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do next.
    public let message: String

    /// An error with its message.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(code): \(message)" }
}

/// Why an encoder could not be prepared, or a prepared one cannot be used.
package struct EncoderCacheError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kinds of failure.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String { case unwritable, damaged, notMade }
        private let kind: Kind

        /// The cache folder cannot be written, or the disk is full.
        package static let unwritable = Code(kind: .unwritable)
        /// An entry is not what its manifest says.
        package static let damaged = Code(kind: .damaged)
        /// ONNX Runtime could not prepare the encoder.
        package static let notMade = Code(kind: .notMade)

        /// The name of the code.
        package var description: String { kind.rawValue }
    }

    /// The kind of failure.
    package let code: Code
    /// What happened and what to do next; holds no path.
    package let message: String
    /// For the operator.
    package let detail: String

    init(_ code: Code, _ message: String, detail: String = "") {
        (self.code, self.message, self.detail) = (code, message, detail)
    }

    static func damaged(_ what: String) -> EncoderCacheError {
        EncoderCacheError(.damaged, "A prepared encoder is damaged. It is made again by itself.", detail: what)
    }

    static func unwritable(_ what: String) -> EncoderCacheError {
        EncoderCacheError(
            .unwritable,
            "The cache folder cannot be written. Check its permissions and the free space, or name another with "
                + "--cache-dir. Without it everything works, but slower.",
            detail: what)
    }

    /// The code and the message.
    package var description: String { "\(code): \(message)" }
    /// The description and the detail.
    package var debugDescription: String { detail.isEmpty ? description : "\(description) [\(detail)]" }
}

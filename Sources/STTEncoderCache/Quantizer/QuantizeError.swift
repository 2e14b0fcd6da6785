/// Why an encoder could not be quantised.
package struct QuantizeError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kinds of failure.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String { case unreadable, notRecognised, notEqual, exists, unwritable }
        private let kind: Kind

        /// The source is no ONNX model, or not complete.
        package static let unreadable = Code(kind: .unreadable)
        /// The source is a model, but not an encoder that we know how to rebuild.
        package static let notRecognised = Code(kind: .notRecognised)
        /// The new model does not compute what the source computes.
        package static let notEqual = Code(kind: .notEqual)
        /// There is a file in the place of the new model.
        package static let exists = Code(kind: .exists)
        /// The new model cannot be written.
        package static let unwritable = Code(kind: .unwritable)

        /// The name of the code.
        package var description: String { kind.rawValue }
    }

    /// The kind of failure.
    package let code: Code
    /// What happened and what to do next; holds no path.
    package let message: String
    /// Paths, and where in the graph it was: for the operator.
    package let detail: String

    init(_ code: Code, _ message: String, detail: String = "") {
        self.code = code
        self.message = message
        self.detail = detail
    }

    /// The code and the message.
    package var description: String { "\(code): \(message)" }
    /// The description and the detail.
    package var debugDescription: String { detail.isEmpty ? description : "\(description) [\(detail)]" }
}

extension QuantizeError {
    static func notRecognised(_ place: String) -> QuantizeError {
        QuantizeError(
            .notRecognised,
            "The file is not an encoder of GigaAM v3 that can be rebuilt. It can be used as it is.", detail: place)
    }
}

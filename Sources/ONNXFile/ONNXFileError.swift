/// Why an ONNX file could not be read or written.
package struct ONNXFileError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kinds of failure.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String { case unreadable, malformed, tooLarge, externalData, wrongType }
        private let kind: Kind

        /// The file cannot be opened or read.
        package static let unreadable = Code(kind: .unreadable)
        /// The bytes are no ONNX model, or end before the model does.
        package static let malformed = Code(kind: .malformed)
        /// The file has more parts than any model we know.
        package static let tooLarge = Code(kind: .tooLarge)
        /// Weights lie in another file.
        package static let externalData = Code(kind: .externalData)
        /// A tensor holds another type than asked for.
        package static let wrongType = Code(kind: .wrongType)

        /// The name of the code.
        package var description: String { kind.rawValue }
    }

    /// The kind of failure.
    package let code: Code
    /// What happened and what to do next; holds no path.
    package let message: String
    /// Paths and names from the file: for the operator.
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

extension ONNXFileError {
    static func malformed(_ detail: String) -> ONNXFileError {
        ONNXFileError(.malformed, "The file is not a complete ONNX model. Get it again.", detail: detail)
    }
}

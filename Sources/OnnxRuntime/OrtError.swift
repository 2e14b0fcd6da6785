/// What went wrong between us and ONNX Runtime.
package struct OrtError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kinds of failure.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case libraryMissing, providerMissing, fileMissing, modelInvalid, cancelled, runFailed, wrongType
        }
        private let kind: Kind

        /// No usable shared library was found.
        package static let libraryMissing = Code(kind: .libraryMissing)
        /// The library does not run on the hardware that was asked for.
        package static let providerMissing = Code(kind: .providerMissing)
        /// The model file does not exist or cannot be read.
        package static let fileMissing = Code(kind: .fileMissing)
        /// The file is no model that this version of the library can load.
        package static let modelInvalid = Code(kind: .modelInvalid)
        /// The run was stopped from outside.
        package static let cancelled = Code(kind: .cancelled)
        /// The library refused or broke off a call.
        package static let runFailed = Code(kind: .runFailed)
        /// A tensor has another element type or shape than asked for.
        package static let wrongType = Code(kind: .wrongType)

        /// The name of the code.
        package var description: String { kind.rawValue }
    }

    /// The kind of failure.
    package let code: Code
    /// What happened and what to do next; safe to show to anybody.
    package let message: String
    /// The library's own words, or the places that were tried: for the operator.
    package let detail: String

    /// An error of our own making.
    package init(_ code: Code, _ message: String, detail: String = "") {
        self.code = code
        self.message = message
        self.detail = detail
    }

    /// Translates a status of the C interface, the only place where that happens.
    init(status: Int32, text: String) {
        // OrtErrorCode: 3 no such file, 7 invalid protobuf, 8 model loaded, 9 not implemented, 10 invalid graph.
        switch status {
        case 3: self.init(.fileMissing, "A model file cannot be read.", detail: text)
        case 7, 9, 10: self.init(.modelInvalid, "A model file is damaged or of an unknown kind.", detail: text)
        default: self.init(.runFailed, "ONNX Runtime could not carry out a call.", detail: text)
        }
    }

    /// The code and the message.
    package var description: String { "\(code): \(message)" }
    /// The description and the detail.
    package var debugDescription: String { detail.isEmpty ? description : "\(description) [\(detail)]" }
}

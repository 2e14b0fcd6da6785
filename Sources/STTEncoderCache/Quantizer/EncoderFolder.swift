package import Foundation

/// The encoders of an RNN-T head in a model folder.
package struct EncoderFolder: Sendable {
    /// The encoder that is quantised: of floats if it is there, else one that is int8 already.
    package let source: URL
    /// Where the engine looks for a quantised encoder first.
    package let target: URL
    private let folder: URL
    private let stem: String

    /// Stems of the file names of heads, in the order in which a folder is searched.
    package static let stems = ["rnnt": "v3_rnnt_encoder", "e2e_rnnt": "v3_e2e_rnnt_encoder"]
    private static let order = ["rnnt", "e2e_rnnt"]

    /// Looks for the encoder of `head`, or of the first head that there is.
    ///
    /// Throws `unreadable` when there is none.
    package init(_ folder: URL, head: String? = nil) throws(QuantizeError) {
        for stem in (head.map { [$0] } ?? Self.order).compactMap({ Self.stems[$0] }) {
            let names = ["\(stem).onnx", "\(stem)_int8.onnx", "\(stem).int8.onnx"]
            let files = names.map { folder.appendingPathComponent($0) }
            if let source = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
                (self.source, target, self.folder, self.stem) = (source, files[1], folder, stem)
                return
            }
        }
        throw QuantizeError(
            .unreadable,
            "There is no encoder in the model folder. Run `gigastt download --fp32`, or name another folder with "
                + "--model-dir.",
            detail: folder.path)
    }

    /// Where the engine looks for an encoder of this form.
    package func target(of form: Quantizer.Form) -> URL {
        switch form {
        case .fast, .reference, .matmul: target
        case .batch: folder.appendingPathComponent("\(stem)_batch.onnx")
        case .batchHalf: folder.appendingPathComponent("\(stem)_batch_fp16.onnx")
        }
    }
}

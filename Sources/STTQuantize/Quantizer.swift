package import Foundation
import ONNXFile

/// Makes a smaller and faster encoder out of one of GigaAM v3.
package struct Quantizer {
    /// What the new encoder looks like.
    package enum Form: String, Sendable, CaseIterable {
        /// Laid out for speed; same inputs, outputs and function.
        case fast
        /// As gigastt 2.3 makes it; only from floats.
        case reference
    }

    private let form: Form

    /// A quantiser for one form.
    package init(_ form: Form) { self.form = form }

    /// Reads `source`, writes the new encoder to `target`, and compares the two on made-up speech.
    ///
    /// `target` is there whole or not at all, whenever the program ends. Takes about 1 s per 100 MB and less memory than
    /// twice the source. `progress` is told the share that is done, 0…1, after each weight; what it throws ends the work.
    ///
    /// Throws `QuantizeError`, or what `progress` throws.
    package func quantize(
        _ source: URL, to target: URL, replacing: Bool = false, progress: (Double) throws -> Void = { _ in }
    ) throws {
        guard replacing || !FileManager.default.fileExists(atPath: target.path) else {
            throw QuantizeError(
                .exists, "There is a quantised encoder already. Use --force to make it again.", detail: target.path)
        }
        let file = try ReplacedFile(target)
        // The source is out of memory again before the comparison takes it in.
        try write(source, to: file, progress)
        try ResultCheck(source: source, result: file.temporary).run()
        // The comparison takes a while, in which somebody may have thought better of it.
        try progress(1)
        try file.moveIntoPlace()
    }

    /// As `quantize`, but without the comparison: that is up to the caller.
    package func write(_ source: URL, to target: URL, progress: (Double) throws -> Void = { _ in }) throws {
        let file = try ReplacedFile(target)
        try write(source, to: file, progress)
        try file.moveIntoPlace()
    }

    private func write(_ source: URL, to file: ReplacedFile, _ progress: (Double) throws -> Void) throws {
        do {
            try build(source).write(progress: progress) { try file.write($0) }
            try file.close()
        } catch let error as ONNXFileError {
            throw QuantizeError(.unreadable, error.message, detail: "\(source.path): \(error.detail)")
        }
    }

    private func build(_ source: URL) throws -> ONNXModelWriter {
        let model = try ONNXModel(contentsOf: source)
        switch form {
        case .fast: return try FastEncoder(ConformerReader(model).read(), of: model).build()
        case .reference: return try ReferenceEncoder(model).build()
        }
    }
}

package import Foundation
import ONNXFile

/// Makes a smaller and faster encoder out of one of GigaAM v3.
package struct Quantizer {
    /// What the new encoder looks like.
    package enum Form: String, Sendable, CaseIterable {
        /// Laid out for speed; same inputs, outputs and function.
        case fast
        /// As gigastt makes it up to 2.22: matrices and convolutions in integers; only from floats.
        case reference
        /// As gigastt makes it after 2.22: matrices in integers, convolutions in floats; only from floats.
        case matmul
        /// The layout of `fast` in floats, for several windows of different lengths at once.
        case batch
        /// The same in halves, for hardware that multiplies those faster.
        case batchHalf = "batch-fp16"
    }

    private let form: Form

    /// A quantiser for one form.
    package init(_ form: Form) { self.form = form }

    /// Reads `source`, writes the new encoder to `target`, and compares the two on made-up speech.
    ///
    /// `target` is there whole or not at all, whenever the program ends. Takes about 1 s per 100 MB and less memory than
    /// twice the source. `progress` gets the share that is done, 0…1, after each weight; what it throws ends the work.
    ///
    /// Throws `QuantizeError`, or what `progress` throws. Returns how similar the results are, 0…1.
    @discardableResult
    package func quantize(
        _ source: URL, to target: URL, replacing: Bool = false, progress: (Double) throws -> Void = { _ in }
    ) throws -> Double {
        guard replacing || !FileManager.default.fileExists(atPath: target.path) else {
            throw QuantizeError(
                .exists, "There is a quantised encoder already. Use --force to make it again.", detail: target.path)
        }
        let file = try AtomicFileWriter(target)
        // The source is out of memory again before the comparison takes it in.
        try write(source, to: file, progress)
        let least =
            form == .batchHalf ? EquivalenceCheck.leastSimilarityOfHalves : EquivalenceCheck.leastSimilarity
        let similarity = try Self.check(
            file.temporary, against: source, in: target.deletingLastPathComponent(), least: least)
        // The comparison takes a while: the caller may have cancelled meanwhile.
        try progress(1)
        try file.moveIntoPlace()
        return similarity
    }

    /// Compares a new encoder with its source and returns how similar the results are, 0…1.
    ///
    /// A source of floats is first laid out anew in floats, in a file in `folder` that is as large as the source: whether it
    /// was understood shows there, without the error of quantisation. An int8 source quantises by itself.
    ///
    /// Throws `QuantizeError`.
    package static func check(
        _ result: URL, isPacked: Bool = false, against source: URL, in folder: URL,
        least: Double = EquivalenceCheck.leastSimilarity
    ) throws -> Double {
        let check = try EquivalenceCheck(of: source)
        if let layout = try floatLayout(of: source, in: folder) {
            // The file is gone with the value.
            try withExtendedLifetime(layout) { try check.requireSameFunction(layout.temporary) }
        }
        return try check.similarity(of: result, isPacked: isPacked, least: least)
    }

    /// The source in the layout of the fast form, in floats: a file that is gone with the value. `nil` for an int8 source,
    /// and for what cannot be laid out anew.
    private static func floatLayout(of source: URL, in folder: URL) throws -> AtomicFileWriter? {
        do {
            let model = try ONNXModel(contentsOf: source)
            guard let weights = try? ConformerReader(model).read(), !weights.isQuantized else {
                return nil
            }
            let file = try AtomicFileWriter(folder.appendingPathComponent("layout.onnx"))
            try FastEncoder(weights, of: model, isFloat: true).build().write { try file.write($0) }
            try file.close()
            return file
        } catch let error as ONNXFileError {
            throw QuantizeError(.unreadable, error.message, detail: "\(source.path): \(error.detail)")
        }
    }

    /// As `quantize`, but without the comparison: that is up to the caller.
    package func write(_ source: URL, to target: URL, progress: (Double) throws -> Void = { _ in }) throws {
        let file = try AtomicFileWriter(target)
        try write(source, to: file, progress)
        try file.moveIntoPlace()
    }

    private func write(_ source: URL, to file: AtomicFileWriter, _ progress: (Double) throws -> Void) throws {
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
        case .matmul: return try ReferenceEncoder(model, quantizesConvolutions: false).build()
        case .batch, .batchHalf:
            let weights = try ConformerReader(model).read()
            return try FastEncoder(weights, of: model, isBatch: true, isHalf: form == .batchHalf).build()
        }
    }
}

package import Foundation
package import STTValues

/// The files of one model in a folder.
package struct ModelFiles: Sendable, Hashable {
    package let head: RecognitionHead
    package let encoder: URL  // of a CTC head: the only graph
    package let isQuantized: Bool
    /// Prediction network and joint; `nil` for a CTC head.
    package let networks: Networks?
    package let vocabulary: URL
    /// The identifier of the model: the manifest's `name`, else that of the head.
    package let identifier: String
    /// The encoder's weights for `KernelEncoder`; `nil` where there are none.
    package let kernels: URL?
    /// An encoder that takes several windows at once; `nil` where there is none.
    package let batchEncoder: URL?

    package struct Networks: Sendable, Hashable {
        package let prediction: URL
        package let joint: URL
    }

    /// Finds the model in `folder`: `head` if given, else what `manifest.toml` names, else the first head in the
    /// order of `RecognitionHead.allCases` of which an encoder exists. An int8 encoder goes before a float one, unless
    /// floats are preferred; of those for several windows, one in halves only where halves are preferred.
    package init(
        in folder: URL, head: RecognitionHead? = nil, prefersFloats: Bool = false, prefersHalves: Bool = false
    ) throws(GigaSTTError) {
        let preference = (floats: prefersFloats, halves: prefersHalves)
        if head == nil, let manifest = try ModelManifest(in: folder) {
            try self.init(
                manifest.names, head: manifest.head, identifier: manifest.name, in: folder, preference)
            return
        }
        // A manifest that does not decide which files are read cannot make them unusable.
        let manifest = try? ModelManifest(in: folder)
        let heads = head.map { [$0] } ?? RecognitionHead.allCases
        for head in heads {
            let names = ModelNames(head)
            if names.encoders.contains(where: { Self.exists($0, in: folder) }) {
                let identifier = manifest?.head == head ? manifest?.name : nil
                try self.init(names, head: head, identifier: identifier, in: folder, preference)
                return
            }
        }
        // Under names of its own.
        if let manifest, manifest.head == head {
            try self.init(manifest.names, head: manifest.head, identifier: manifest.name, in: folder, preference)
            return
        }
        let what = head.map { "no model of the head \($0.rawValue)" } ?? "no speech model"
        throw GigaSTTError(
            .modelMissing,
            "There is \(what) in the model folder. Run `gigastt download`, or name another folder with --model-dir.",
            detail: folder.path)
    }

    private init(
        _ names: ModelNames, head: RecognitionHead, identifier: String?, in folder: URL,
        _ preference: (floats: Bool, halves: Bool)
    ) throws(GigaSTTError) {
        func file(_ name: String) throws(GigaSTTError) -> URL {
            guard Self.exists(name, in: folder) else {
                throw GigaSTTError(
                    .modelMissing, "\(name) is missing. Run `gigastt download` or copy it into the model folder.",
                    detail: folder.path)
            }
            return folder.appendingPathComponent(name)
        }
        let hasFloats = preference.floats && Self.exists(names.encoder, in: folder)
        let quantized = hasFloats ? nil : names.quantizedEncoders.first { Self.exists($0, in: folder) }
        encoder = try file(quantized ?? names.encoder)
        isQuantized = quantized != nil
        if let prediction = names.prediction, let joint = names.joint {
            networks = Networks(prediction: try file(prediction), joint: try file(joint))
        } else {
            networks = nil
        }
        vocabulary = try file(names.vocabulary)
        self.head = head
        self.identifier = identifier ?? head.defaultModelIdentifier
        kernels = nil
        let batchEncoders = [preference.halves ? names.halfBatchEncoder : nil, names.batchEncoder].compactMap(\.self)
        batchEncoder = try batchEncoders.first { Self.exists($0, in: folder) }.map(file)
    }

    /// The same model with another encoder of 8-bit weights in place of its own, and the weights for kernels.
    package func replacingEncoder(with encoder: URL, kernels: URL? = nil) -> ModelFiles {
        ModelFiles(copying: self, encoder: encoder, isQuantized: true, kernels)
    }

    /// The same model with the encoder that takes several windows at once. Throws `modelMissing` where there is none.
    package func forBatches() throws(GigaSTTError) -> ModelFiles {
        guard let batchEncoder else {
            throw GigaSTTError(
                .modelMissing,
                "There is no encoder for batches in the model folder. Run `gigastt quantize --form batch`, or leave "
                    + "out --encoder-batch.",
                detail: encoder.deletingLastPathComponent().path)
        }
        return ModelFiles(copying: self, encoder: batchEncoder, isQuantized: false, nil)
    }

    private init(copying other: ModelFiles, encoder: URL, isQuantized: Bool, _ kernels: URL?) {
        (self.encoder, self.isQuantized, self.kernels) = (encoder, isQuantized, kernels)
        (head, networks, vocabulary, identifier) = (other.head, other.networks, other.vocabulary, other.identifier)
        batchEncoder = other.batchEncoder
    }

    private static func exists(_ name: String, in folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }
}

extension ModelFiles {
    /// Whether a folder holds an encoder of `head`.
    package static func holdsEncoder(of head: RecognitionHead, in folder: URL) -> Bool {
        ModelNames(head).encoders.contains { exists($0, in: folder) }
    }

    /// How much of a model a folder holds.
    package enum Completeness: Sendable, Hashable {
        /// There is no encoder.
        case none
        /// There is an encoder of this head, and not all that it needs beside it.
        case encoder(RecognitionHead)
        /// All files are there, or a manifest names them: then loading tells what is wrong with it.
        case whole
    }

    /// How much there is of the model of `head`, or of the one that would be found without it.
    package static func completeness(of folder: URL, head: RecognitionHead?) -> Completeness {
        if head == nil, exists(ModelManifest.fileName, in: folder) { return .whole }
        let heads = head.map { [$0] } ?? RecognitionHead.allCases
        guard let found = heads.first(where: { holdsEncoder(of: $0, in: folder) }) else {
            let manifest = try? ModelManifest(in: folder)
            return head != nil && manifest?.head == head ? .whole : .none
        }
        let names = ModelNames(found)
        let companions = [names.prediction, names.joint, names.vocabulary].compactMap(\.self)
        return companions.allSatisfy { exists($0, in: folder) } ? .whole : .encoder(found)
    }
}

extension RecognitionHead {
    /// The identifier of the published model with this head (gigastt 2.18).
    fileprivate var defaultModelIdentifier: String {
        switch self {
        case .rnnt: "gigaam-v3-rnnt"
        case .e2eRNNT: "gigaam-v3-e2e-rnnt"
        case .multilingualCTC: "gigaam-multilingual-ctc"
        case .multilingualLargeCTC: "gigaam-multilingual-large-ctc"
        case .ctc: "gigaam-v3-ctc"
        case .e2eCTC: "gigaam-v3-e2e-ctc"
        }
    }
}

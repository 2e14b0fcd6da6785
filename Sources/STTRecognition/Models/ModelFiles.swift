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

    package struct Networks: Sendable, Hashable {
        package let prediction: URL
        package let joint: URL
    }

    /// Finds the model in `folder`: `head` if given, else what `manifest.toml` names, else the first head in the
    /// order of `ModelNames.detectionOrder` of which an encoder exists. An int8 encoder goes before a float one.
    package init(in folder: URL, head: RecognitionHead? = nil) throws(GigaSTTError) {
        let manifest = head == nil ? try ModelManifest(in: folder) : nil
        if let manifest {
            try self.init(manifest.names, head: manifest.head, in: folder)
            return
        }
        let heads = head.map { [$0] } ?? ModelNames.detectionOrder
        for head in heads {
            let names = ModelNames(head)
            if names.encoders.contains(where: { Self.exists($0, in: folder) }) {
                try self.init(names, head: head, in: folder)
                return
            }
        }
        let what = head.map { "no model of the head \($0.rawValue)" } ?? "no speech model"
        throw GigaSTTError(
            .modelMissing,
            "There is \(what) in the model folder. Run `gigastt download`, or name another folder with --model-dir.",
            detail: folder.path)
    }

    private init(_ names: ModelNames, head: RecognitionHead, in folder: URL) throws(GigaSTTError) {
        func file(_ name: String) throws(GigaSTTError) -> URL {
            guard Self.exists(name, in: folder) else {
                throw GigaSTTError(
                    .modelMissing, "\(name) is missing. Run `gigastt download` or copy it into the model folder.",
                    detail: folder.path)
            }
            return folder.appendingPathComponent(name)
        }
        let quantized = names.quantizedEncoders.first { Self.exists($0, in: folder) }
        encoder = try file(quantized ?? names.encoder)
        isQuantized = quantized != nil
        if let prediction = names.prediction, let joint = names.joint {
            networks = Networks(prediction: try file(prediction), joint: try file(joint))
        } else {
            networks = nil
        }
        vocabulary = try file(names.vocabulary)
        self.head = head
    }

    /// The same model with another encoder of 8-bit weights in place of its own.
    package func replacingEncoder(with encoder: URL) -> ModelFiles {
        ModelFiles(head: head, encoder: encoder, isQuantized: true, networks: networks, vocabulary: vocabulary)
    }

    private init(head: RecognitionHead, encoder: URL, isQuantized: Bool, networks: Networks?, vocabulary: URL) {
        (self.head, self.encoder, self.isQuantized) = (head, encoder, isQuantized)
        (self.networks, self.vocabulary) = (networks, vocabulary)
    }

    private static func exists(_ name: String, in folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }
}

extension ModelFiles {
    /// Whether a folder holds an encoder of `head`, or of any.
    package static func holdsEncoder(in folder: URL, head: RecognitionHead?) -> Bool {
        let heads = head.map { [$0] } ?? ModelNames.detectionOrder
        return exists(ModelManifest.fileName, in: folder)
            || heads.contains { ModelNames($0).encoders.contains { exists($0, in: folder) } }
    }
}

import Foundation
import STTValues

/// `manifest.toml` of a model folder: a head, the names of its files and, optionally, the name of the model.
///
/// Other keys are passed over, whatever their values are.
struct ModelManifest {
    let head: RecognitionHead
    let names: ModelNames
    /// The identifier of the model, such as `gigastt-demo`; `nil` stands for that of the head.
    let name: String?

    static let fileName = "manifest.toml"

    /// `nil` when the folder has no manifest. A manifest that cannot be understood is an error, never ignored.
    init?(in folder: URL) throws(GigaSTTError) {
        let url = folder.appendingPathComponent(Self.fileName)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            throw Self.invalid("cannot be read as UTF-8 text")
        }
        try self.init(text: text)
    }

    init(text: String) throws(GigaSTTError) {
        let values: [[String]: TOMLReader.Value]
        do throws(TOMLReader.Invalid) {
            values = try TOMLReader.values(of: text)
        } catch {
            throw Self.invalid("is not valid TOML at line \(error.line)")
        }
        func value(_ path: String...) throws(GigaSTTError) -> String? {
            switch values[path] {
            case nil: nil
            case .text(let text): text.trimmingCharacters(in: .whitespaces)
            case .other: throw Self.invalid("must give `\(path.joined(separator: "."))` as text")
            }
        }
        guard let name = try value("architecture") else { throw Self.invalid("lacks `architecture`") }
        guard let head = RecognitionHead(name: name) else {
            throw Self.invalid("names an unknown architecture")
        }
        func file(_ key: String) throws(GigaSTTError) -> String? {
            guard let name = try value("files", key), !name.isEmpty else { return nil }
            guard !name.contains("/"), !name.contains("\\"), !name.contains("..") else {
                throw Self.invalid("must give `\(key)` as a basename, without folders")
            }
            return name
        }
        func required(_ key: String) throws(GigaSTTError) -> String {
            guard let value = try file(key) else { throw Self.invalid("lacks `\(key)` under [files]") }
            return value
        }
        let isTransducer = head.isTransducer
        let networks = (try file("decoder"), try file("joint"))
        if !isTransducer, networks != (nil, nil) { throw Self.invalid("gives a CTC head a decoder or joint") }
        self.head = head
        self.name = try value("name")
        if let identifier = self.name, identifier.wholeMatch(of: #/[A-Za-z0-9._-]{1,64}/#) == nil {
            throw Self.invalid("must give `name` as 1 to 64 ASCII letters, digits, dots, dashes and underscores")
        }
        names = ModelNames(
            encoder: try required("encoder"), quantizedEncoders: try file("encoder_int8").map { [$0] } ?? [],
            batchEncoder: isTransducer ? try file("encoder_batch") : nil,
            halfBatchEncoder: isTransducer ? try file("encoder_batch_fp16") : nil,
            prediction: isTransducer ? try required("decoder") : nil,
            joint: isTransducer ? try required("joint") : nil, vocabulary: try required("vocab"))
    }

    private static func invalid(_ reason: String) -> GigaSTTError {
        GigaSTTError(
            .modelDamaged, "\(fileName) \(reason). Correct it, or remove it to let the model be detected by its files.")
    }
}

import Foundation
import STTValues

/// `manifest.toml` of a model folder: a head, the names of its files and, optionally, the name of the model.
///
/// Only what such a file consists of is read: comments, the table `[files]`, and `key = "basic string"`.
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
        let entries = try Self.entries(of: text)
        guard let name = entries["architecture"] else { throw Self.invalid("lacks `architecture`") }
        guard let head = RecognitionHead(name: name) else {
            throw Self.invalid("names an unknown architecture")
        }
        func file(_ key: String) throws(GigaSTTError) -> String? {
            guard let value = entries["files.\(key)"], !value.isEmpty else { return nil }
            guard !value.contains("/"), !value.contains("\\"), !value.contains("..") else {
                throw Self.invalid("must give `\(key)` as a basename, without folders")
            }
            return value
        }
        func required(_ key: String) throws(GigaSTTError) -> String {
            guard let value = try file(key) else { throw Self.invalid("lacks `\(key)` under [files]") }
            return value
        }
        let isTransducer = head.isTransducer
        let networks = (try file("decoder"), try file("joint"))
        if !isTransducer, networks != (nil, nil) { throw Self.invalid("gives a CTC head a decoder or joint") }
        self.head = head
        self.name = entries["name"]
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

    /// Values by `table.key`, trimmed.
    private static func entries(of text: String) throws(GigaSTTError) -> [String: String] {
        var entries: [String: String] = [:]
        var table = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            if let match = line.wholeMatch(of: #/\[\s*([A-Za-z0-9_-]+)\s*\]\s*(#.*)?/#) {
                table = "\(match.1)."
            } else if let match = line.wholeMatch(of: #/([A-Za-z0-9_-]+)\s*=\s*"([^"\\]*)"\s*(#.*)?/#) {
                entries[table + match.1] = match.2.trimmingCharacters(in: .whitespaces)
            } else {
                throw invalid("has a line that is neither a table nor key = \"text\"")
            }
        }
        return entries
    }

    private static func invalid(_ reason: String) -> GigaSTTError {
        GigaSTTError(
            .modelDamaged, "\(fileName) \(reason). Correct it, or remove it to let the model be detected by its files.")
    }
}

public import Foundation

/// The bundled recordings and what is said in them.
public enum Recordings {
    /// A recording of the manifest.
    public struct Item: Decodable, Sendable {
        /// File name within the folder.
        public let file: String
        /// What was spoken.
        public let text: String
        /// The same with its numbers in digits, by the hand of the one who wrote the manifest.
        public var written: String { inDigits ?? text }
        private let inDigits: String?
        /// The same with marks and capitals by the rules of grammar; `nil` where sentences have theirs.
        public let punctuated: String?
        /// Each sentence with its time, where the manifest has them.
        public var sentences: [Sentence] { segments ?? [] }
        private let segments: [Sentence]?
        /// Where it lies.
        public var url: URL { folder.appendingPathComponent(file) }

        private enum CodingKeys: String, CodingKey {
            case file, text, segments, punctuated
            case inDigits = "written"
        }
    }

    /// What was spoken without a pause, and when.
    public struct Sentence: Decodable, Sendable {
        /// What was spoken.
        public let text: String
        /// The same with its numbers in digits.
        public var written: String { inDigits ?? text }
        private let inDigits: String?
        /// The same with marks and capitals by the rules of grammar.
        public let punctuated: String
        /// Seconds to the beginning.
        public let start: Double
        /// Seconds to the end.
        public let end: Double

        private enum CodingKeys: String, CodingKey {
            case text, punctuated
            case inDigits = "written"
            case start = "start_s"
            case end = "end_s"
        }
    }

    private struct Manifest: Decodable {
        let items: [Item]
    }

    /// The root of the package.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// The folder of the recordings.
    public static let folder = root.appendingPathComponent("Demo")

    /// All recordings, in the order of the manifest.
    public static func all() throws -> [Item] {
        let data = try Data(contentsOf: folder.appendingPathComponent("manifest.json"))
        return try JSONDecoder().decode(Manifest.self, from: data).items
    }

    /// One recording by the start of its name.
    public static func named(_ prefix: String) throws -> Item {
        guard let item = try all().first(where: { $0.file.hasPrefix(prefix) }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return item
    }

    /// The samples of a recording: they are mono PCM16 files at 16 kHz with a header of 44 bytes.
    public static func samples(_ item: Item) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: item.url).dropFirst(44))
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) / 32_768
        }
    }
}

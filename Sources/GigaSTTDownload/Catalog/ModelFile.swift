/// One file that can be fetched: where it comes from, where it goes, and what its bytes must be.
public struct ModelFile: Sendable, Hashable {
    /// How many bytes a file has.
    public enum Size: Sendable, Hashable {
        /// The published file has exactly this many.
        case exactly(Int64)
        /// The published file is known to have fewer; more are refused.
        case atMost(Int64)
    }

    /// What is in integers in an encoder that is published in two forms, under one name.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// Matrices and convolutions: what gigastt up to 2.22 downloads.
        case reference
        /// Matrices only: a third larger, and what gigastt after 2.22 downloads.
        case matmul
    }

    /// Path below the model folder, with `/` between folders: `vad/silero_vad.onnx`.
    public let path: String
    /// URL of the published file.
    public let source: String
    /// SHA-256 of the content, in lower-case hexadecimal.
    public let sha256: String
    /// Size of the content.
    public let size: Size
    /// Which form of the encoder it is; `nil` for a file of which there is one.
    public let form: Form?

    /// A file by its place, its origin and its pin.
    public init(path: String, source: String, sha256: String, size: Size, form: Form? = nil) {
        self.path = path
        self.source = source
        self.sha256 = sha256
        self.size = size
        self.form = form
    }

    /// The last component of `path`.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The byte count as far as it is known before the server states it: exact, or three quarters of the limit, which is
    /// set a third above what was published.
    public var estimatedByteCount: Int64 {
        switch size {
        case .exactly(let count): count
        case .atMost(let limit): limit / 4 * 3
        }
    }

    /// The byte count when it is known exactly.
    var exactByteCount: Int64? {
        if case .exactly(let count) = size { count } else { nil }
    }

    /// More bytes than this are never taken. No file of a model reaches 2 GiB.
    var byteCountLimit: Int64 {
        switch size {
        case .exactly(let count), .atMost(let count): min(count, Self.largest)
        }
    }

    private static let largest: Int64 = 2 << 30
}

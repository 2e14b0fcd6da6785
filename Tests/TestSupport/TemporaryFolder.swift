public import Foundation
import GigaSTT

/// A folder that is removed with the last reference to it.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let url: URL

    /// An empty folder.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// A folder with links to the files of the built-in model that have these names.
    public convenience init(model names: [String]) throws {
        try self.init()
        for name in names { try link(name) }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The URL of a name in the folder.
    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// The path of a name in the folder.
    public func path(_ name: String) -> String { file(name).path }

    /// Writes a file and returns its path.
    @discardableResult
    public func write(_ data: Data, as name: String) throws -> String {
        try data.write(to: file(name))
        return path(name)
    }

    /// Puts a file of the built-in model here, under its own name or another.
    public func link(_ name: String, as newName: String? = nil) throws {
        try FileManager.default.createSymbolicLink(
            at: file(newName ?? name),
            withDestinationURL: ModelFolder.demo.url.appendingPathComponent(name))
    }

    /// The names of what is in the folder.
    public func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
}

/// The names of the files of the built-in model.
public enum ModelFileName {
    /// The quantised encoder.
    public static let quantizedEncoder = "v3_rnnt_encoder_int8.onnx"
    /// The float encoder.
    public static let floatEncoder = "v3_rnnt_encoder.onnx"
    /// The prediction network.
    public static let prediction = "v3_rnnt_decoder.onnx"
    /// The joint network.
    public static let joint = "v3_rnnt_joint.onnx"
    /// The tokens.
    public static let vocabulary = "v3_vocab.txt"
    /// A whole model, quantised.
    public static let quantized = [quantizedEncoder, prediction, joint, vocabulary]
}

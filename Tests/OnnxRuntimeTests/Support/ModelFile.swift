import Foundation
import OnnxRuntime

/// Files to load in tests.
enum ModelFile {
    /// The folder of the model that comes with the package.
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/GigaSTT/BuiltInModel")

    static func builtIn(_ name: String) -> OrtSession.Source {
        .file(folder.appendingPathComponent(name).path)
    }

    /// Calls `body` with a file of the given content, which is gone afterwards.
    static func temporary<Result>(_ content: Data, _ body: (URL) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("ort-\(UUID().uuidString).onnx")
        try content.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url)
    }
}

import Foundation

/// A folder that is gone when nobody holds it any more.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("stt-recognition-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// A folder with empty files.
    convenience init(_ names: [String]) throws {
        try self.init()
        for name in names { try write(Data(), as: name) }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ data: Data, as name: String) throws {
        try data.write(to: url.appendingPathComponent(name))
    }

    /// Puts a file of the built-in model here.
    func link(_ name: String, as newName: String? = nil) throws {
        try FileManager.default.createSymbolicLink(
            at: url.appendingPathComponent(newName ?? name),
            withDestinationURL: Repository.builtInModel.appendingPathComponent(name))
    }
}

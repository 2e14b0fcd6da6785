import Foundation
import Testing

@testable import GigaSTTDownload

@Suite("Files on disk")
struct DiskTests {
    @Test func aNoteIsReadAsItWasWritten() throws {
        let digest = String(repeating: "a1", count: 32)
        let note = VerifiedNote(digest: digest, stamp: FileStamp(byteCount: 5, modified: 1_700_000_000_000_000_001))
        let text = note.text(for: "x.onnx")
        #expect(text == "\(digest)  x.onnx\n# size=5 modified=1700000000000000001\n")
        #expect(VerifiedNote(text) == note)
    }

    @Test(arguments: [
        "", "a1  x\n", "\(String(repeating: "a", count: 64))  x\n",
        "\(String(repeating: "a", count: 64))  x\n# size=5\n",
        "\(String(repeating: "a", count: 64))  x\n# size=x modified=1\n",
        "\(String(repeating: "a", count: 63))  x\n# size=5 modified=1\n",
    ])
    func anythingElseIsNoNote(text: String) {
        #expect(VerifiedNote(text) == nil)
    }

    static let day: Int64 = 86_400_000_000_000

    @Test(arguments: [
        ("x.onnx.partial", day + 1, true), ("x.onnx.partial", day, false), ("x.onnx.partial.json", day + 1, true),
        // The name under which gigastt 2.3 leaves what it could not finish.
        ("x.onnx.partial.4711.1699999999", day + 1, true), ("x.onnx", 9 * day, false),
        (".download.lock", 9 * day, false),
        ("x.partially", 9 * day, false),
    ])
    func onlyUnfinishedFilesGrowStale(name: String, age: Int64, isStale: Bool) {
        #expect(StalePartials.isStale(name, modified: 1000, now: 1000 + age) == isStale)
    }

    @Test func staleFilesAreSweptWithADownload() async throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        for (name, age) in [("old.partial.1.2", 25.0), ("new.partial", 23.0), ("old.onnx", 25.0)] {
            let url = rig.folder.appendingPathComponent(name)
            try Data().write(to: url)
            let date = Date(timeIntervalSinceNow: -age * 3600)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: url.path)
        }
        try await rig.download()
        #expect(rig.names == [TestFile.encoder, "\(TestFile.encoder).sha256", "new.partial", "old.onnx"])
    }

    @Test func aFolderBehindALinkIsAsGoodAsAny() async throws {
        let rig = try Rig("plain")
        let real = rig.folder.appendingPathExtension("real")
        defer { try? FileManager.default.removeItem(at: real) }
        try FileManager.default.createDirectory(at: real, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(at: rig.folder, withDestinationURL: real)
        try await rig.download()
        #expect(try Data(contentsOf: real.appendingPathComponent(TestFile.encoder)) == rig.content)
    }

    @Test func anUnfinishedFileIsNeverWrittenThroughALink() async throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        let target = rig.folder.appendingPathComponent("precious")
        try Data("keep".utf8).write(to: target)
        try FileManager.default.createSymbolicLink(at: rig.partial, withDestinationURL: target)
        let error = await #expect(throws: DownloadError.self) { try await rig.download() }
        #expect(error?.code == .disk)
        #expect(try Data(contentsOf: target) == Data("keep".utf8))
    }
}

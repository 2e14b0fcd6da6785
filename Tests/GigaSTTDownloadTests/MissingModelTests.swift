import Foundation
import GigaSTT
import GigaSTTDownload
import STTValues
import Testing

@testable import GigaSTTCommand

/// Commands that need a model and find none.
@Suite(.timeLimit(.minutes(2)))
struct MissingModelTests {
    @Test(arguments: [["transcribe", "-"], ["listen"], ["serve", "--port", "0"]])
    func aMissingModelIsDownloadedAndAFailureNamesTheWaysOut(command: [String]) throws {
        let rig = try Rig("plain")
        let home = rig.folder.deletingLastPathComponent().appendingPathComponent("home-\(rig.name)")
        defer { try? FileManager.default.removeItem(at: home) }
        let child = try ChildProcess(
            "gigastt", command + ["--mirror", rig.server.address("plain", case: rig.name)],
            environment: ["HOME": home.path])
        // The mirror has another prediction network than the published one. The code is that of a failed start.
        #expect(child.end() == 1)
        let folder = home.appendingPathComponent(".gigastt/models")
        let vocabulary = try Data(contentsOf: folder.appendingPathComponent("v3_vocab.txt"))
        #expect(vocabulary == TestFile.content(TestFile.vocabulary))
        #expect(try rig.requests.count == 2)
        let errors = child.standardError
        #expect(errors.contains("Downloading v3_vocab.txt... 100% (0.0MB / 0.0MB)\n"))
        for part in [folder.path, "SHA-256 mismatch", "--mirror", "--model-dir", "--built-in-model"] {
            #expect(errors.contains(part), "\(part) in \(errors)")
        }
        // Lines of a log, not of a terminal.
        #expect(!errors.contains("\r"))
    }

    @Test func aModelThatWasDownloadedIsLoaded() async throws {
        let rig = try Rig("plain")
        var loader = ModelLoader(source: .folder(rig.folder))
        loader.configuration.workerCount = 1
        let files = try TestFile.demoNames.map { name in
            ModelFile(
                path: name, source: "\(rig.server.address("plain", case: rig.name))/demo-\(name)",
                sha256: try rig.server.digest("demo-\(name)"), size: .atMost(10_000_000))
        }
        loader.catalog = ModelCatalog(
            heads: [.rnnt: .init(quantized: files[3], float: nil, companions: Array(files.prefix(3)))])
        let recognizer = try await loader.load()
        #expect(recognizer.head == .rnnt && recognizer.isQuantized)
        // It lies where the published model does, and is none of the demo's name.
        #expect(recognizer.modelIdentifier == "gigaam-v3-rnnt")
        await recognizer.shutDown()
        let again = try await loader.load()
        await again.shutDown()
        #expect(try rig.requests.count == 4)
    }

    /// What lies in a folder is used as it is: it may be a model of one's own under the published names.
    @Test func aModelThatIsThereIsNotReplaced() async throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        for name in TestFile.demoNames {
            try FileManager.default.createSymbolicLink(
                at: rig.folder.appendingPathComponent(name),
                withDestinationURL: ModelFolder.demo.url.appendingPathComponent(name))
        }
        var loader = ModelLoader(source: .folder(rig.folder))
        loader.network.mirror = rig.server.address("plain", case: rig.name)
        let recognizer = try await loader.load()
        await recognizer.shutDown()
        #expect(try rig.requests.isEmpty)
    }
}

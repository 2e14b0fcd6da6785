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
        loader.catalog = try catalog(rig)
        let recognizer = try await loader.load()
        #expect(recognizer.head == .rnnt && recognizer.isQuantized)
        // It lies where the published model does, and is none of the demo's name.
        #expect(recognizer.modelIdentifier == "gigaam-v3-rnnt")
        await recognizer.shutDown()
        let again = try await loader.load()
        await again.shutDown()
        #expect(try rig.requests.count == 4)
    }

    private func catalog(_ rig: Rig) throws -> ModelCatalog {
        let files = try TestFile.demoNames.map { name in
            ModelFile(
                path: name, source: "\(rig.server.address("plain", case: rig.name))/demo-\(name)",
                sha256: try rig.server.digest("demo-\(name)"), size: .atMost(10_000_000))
        }
        return ModelCatalog(
            heads: [.rnnt: .init(quantized: files[3], float: nil, companions: Array(files.prefix(3)))])
    }

    /// A float encoder with nothing beside it, and models without some of the rest.
    @Test(arguments: [
        ["v3_rnnt_encoder.onnx"], ["v3_rnnt_encoder.onnx", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx"],
        ["v3_rnnt_encoder_int8.onnx", "v3_vocab.txt"],
    ])
    func onlyWhatAModelLacksIsDownloaded(names: [String]) async throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        for name in names {
            try FileManager.default.createSymbolicLink(
                at: rig.folder.appendingPathComponent(name),
                withDestinationURL: ModelFolder.demo.url.appendingPathComponent(name))
        }
        // A manifest of another head does not stand for a model of the head that is asked for.
        try Data("architecture = \"ctc\"\n[files]\nencoder = \"x\"\nvocab = \"y\"\n".utf8)
            .write(to: rig.folder.appendingPathComponent("manifest.toml"))
        var loader = ModelLoader(source: .folder(rig.folder), head: .rnnt)
        loader.configuration.workerCount = 1
        loader.catalog = try catalog(rig)
        let recognizer = try await loader.load()
        #expect(recognizer.isQuantized == names[0].contains("int8"))
        await recognizer.shutDown()
        let companions = TestFile.demoNames.prefix(3).filter { !names.contains($0) }
        #expect(try rig.requests.count == companions.count)
        for name in names {
            let link = rig.folder.appendingPathComponent(name).path
            #expect(throws: Never.self) { try FileManager.default.destinationOfSymbolicLink(atPath: link) }
        }
    }

    @Test func whatIsThereIsNotReplacedByADownload() async throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        let own = rig.folder.appendingPathComponent("v3_vocab.txt")
        try Data("mine".utf8).write(to: own)
        var loader = ModelLoader(source: .folder(rig.folder))
        loader.catalog = try catalog(rig)
        let ready = loader
        let error = await #expect(throws: GigaSTTError.self) { _ = try await ready.load() }
        #expect(error?.code == .modelDamaged && error?.message.contains("v3_vocab.txt") == true)
        #expect(try rig.requests.count == 3)
        #expect(try Data(contentsOf: own) == Data("mine".utf8))
    }

    @Test func offlineTheFilesThatAnIncompleteModelLacksAreNamed() throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: rig.folder.appendingPathComponent("v3_rnnt_encoder_int8.onnx"))
        let child = try ChildProcess(
            "gigastt", ["transcribe", "--model-dir", rig.folder.path, "--offline", "-"])
        #expect(child.end() == 1)
        for part in ["is incomplete", "refusing to download v3_vocab.txt and 2 more"] {
            #expect(child.standardError.contains(part), "\(part) in \(child.standardError)")
        }
    }

    @Test(arguments: [("watch", SIGINT, 0), ("watch", SIGTERM, 0), ("transcribe-batch", SIGTERM, 143)])
    func aSignalEndsTheDownloadOfAModel(command: String, signal: Int32, code: Int32) throws {
        let rig = try Rig("hold")
        let work = rig.folder.deletingLastPathComponent().appendingPathComponent("work-\(rig.name)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        try Data("x".utf8).write(to: work.appendingPathComponent("a.wav"))
        let child = try ChildProcess(
            "gigastt",
            [
                command, work.path, work.path + "/out", "--model-dir", rig.folder.path, "--mirror",
                rig.server.address("hold", case: rig.name),
            ], isJoined: true)
        #expect(child.reaches("Downloading v3_vocab.txt"))
        child.signal(signal)
        _ = child.lines()
        #expect(child.end() == code)
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

import Foundation
import GigaSTTDownload
import STTValues
import Testing

@Suite("Download", .timeLimit(.minutes(1)))
struct DownloadTests {
    @Test(arguments: [
        "plain", "noetag", "redirect", "unsized", "cut", "norange", "long", "hold", "mute", "mixed",
        "changing", "skewed", "stale416", "busy", "cutalways",
    ])
    func theFileArrivesWhole(from behaviour: String) async throws {
        // With an exact size, the length that `long` tells would be refused.
        let rig = try Rig(behaviour, size: behaviour == "long" ? .atMost(4_000_000) : nil)
        // Each try of `cutalways` gives less than a mebibyte: that does not count as progress, so it takes many.
        if behaviour == "cutalways" { rig.configuration.retries.tries = 1000 }
        try await rig.download()
        #expect(rig.installed == rig.content)
        #expect(rig.names == [TestFile.encoder, "\(TestFile.encoder).sha256"])
    }

    @Test(arguments: [
        ("gone", DownloadError.Code.network, 1), ("loop", .network, 6), ("broken", .network, 5), ("empty", .network, 5),
        ("cutalways", .network, 5), ("wrong", .checksum, 1), ("short", .checksum, 1), ("huge", .checksum, 1),
        ("endless", .checksum, 1),
    ])
    func theFileIsRefused(from behaviour: String, code: DownloadError.Code, requests: Int) async throws {
        let rig = try Rig(behaviour)
        let error = await #expect(throws: DownloadError.self) { try await rig.download() }
        #expect(error?.code == code)
        #expect(error?.message.contains(TestFile.encoder) == true)
        let asked = try rig.requests
        #expect(asked.count == requests)
        #expect(rig.installed == nil)
        if behaviour != "cutalways" { #expect(rig.names.isEmpty) }
    }

    @Test(arguments: ["endless", "huge", "short"])
    func theFileIsRefusedWithoutAnExactSize(from behaviour: String) async throws {
        let rig = try Rig(behaviour, size: .atMost(4_000_000))
        let error = await #expect(throws: DownloadError.self) { try await rig.download() }
        #expect(error?.code == .checksum)
        #expect(rig.names.isEmpty)
    }

    @Test func theServersWishToWaitIsHeardAndTheBackOffGrows() async throws {
        let rig = try Rig("busy")
        try await rig.download()
        // 429 with Retry-After 7, then the second wait of the schedule: 2 s.
        #expect(rig.waits == [.seconds(7), .seconds(2)])
    }

    @Test func aServerThatIsNotThereIsTriedFiveTimes() async throws {
        let rig = try Rig("plain")
        // Port 1 needs privileges to listen on, and no program does.
        rig.configuration.mirror = try Mirror("http://127.0.0.1:1")
        let error = await #expect(throws: DownloadError.self) { try await rig.download() }
        #expect(error?.code == .network)
        #expect(rig.waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(rig.names.isEmpty)
    }

    @Test func aFileThatIsThereIsNotFetchedAgainNorReadAgain() async throws {
        let rig = try Rig("plain")
        try await rig.download()
        let before = rig.reported.count
        try await rig.download()
        #expect(try rig.requests.count == 1)
        #expect(rig.reported.dropFirst(before) == [.done(folder: rig.folder)])
    }

    @Test func aFileWithoutNoteIsReadAndTakenAsItIs() async throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        try rig.content.write(to: rig.final)
        try await rig.download()
        #expect(try rig.requests.isEmpty)
        #expect(rig.reported == [.verifying(file: TestFile.encoder), .done(folder: rig.folder)])
        #expect(rig.names == [TestFile.encoder, "\(TestFile.encoder).sha256"])
    }

    /// The mirror has the form `reference`; the other content stands for an encoder in the form `matmul`.
    @Test func eitherFormIsCompleteAndTheOneAskedForReplacesTheOther() async throws {
        let rig = try Rig("plain")
        func file(_ form: ModelFile.Form, like name: String) throws -> ModelFile {
            ModelFile(
                path: TestFile.encoder, source: "https://models.invalid/\(form.rawValue)",
                sha256: try rig.server.digest(name), size: .atMost(4_000_000), form: form)
        }
        let other = "v3_rnnt_decoder.onnx"
        let catalog = ModelCatalog(
            heads: [
                .rnnt: .init(
                    quantized: try file(.reference, like: TestFile.encoder), matmul: try file(.matmul, like: other),
                    float: nil, companions: [])
            ])
        let downloader = ModelDownloader(folder: rig.folder, catalog: catalog, configuration: rig.configuration)
        func form() async throws -> ModelFile.Form? {
            try await FolderCheck(of: rig.folder, catalog: catalog).entries.first?.form
        }
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        try TestFile.content(other).write(to: rig.final)
        #expect(try await form() == .matmul)
        // Once it is read, and then its note vouches for it.
        for _ in 0..<2 { try await downloader.ensure(.rnnt) }
        #expect(try await downloader.plan(for: ModelSelection(.rnnt)).files.isEmpty)
        #expect(try rig.requests.isEmpty)
        try await downloader.ensure(.rnnt, encoder: .form(.reference))
        #expect(rig.installed == rig.content)
        #expect(try await form() == .reference)
        let error = await #expect(throws: DownloadError.self) {
            try await downloader.ensure(.rnnt, encoder: .form(.matmul))
        }
        #expect(error?.code == .checksum)
        #expect(rig.installed == rig.content)
        #expect(try rig.requests.count == 2)
        try Data("abc".utf8).write(to: rig.final)
        #expect(try await FolderCheck(of: rig.folder, catalog: catalog).damage?.code == .checksum)
    }

    @Test func aFileThatChangedAfterItsNoteIsFetchedAgain() async throws {
        let rig = try Rig("plain")
        try await rig.download()
        var changed = rig.content
        changed[5] ^= 1
        try changed.write(to: rig.final)
        try await rig.download()
        #expect(rig.installed == rig.content)
        #expect(try rig.requests.count == 2)
    }

    @Test func progressIsReportedFromTheFirstByteToTheLast() async throws {
        let rig = try Rig("plain")
        try await rig.download()
        let size = Int64(rig.content.count)
        let counts = rig.reported.compactMap { event -> Int64? in
            guard case .downloading(TestFile.encoder, let done, size) = event else { return nil }
            return done
        }
        #expect(counts.first == 0 && counts.last == size)
        #expect(counts == counts.sorted() && Set(counts).count == counts.count)
        #expect(rig.reported.suffix(2) == [.verifying(file: TestFile.encoder), .done(folder: rig.folder)])
    }

    @Test func offlineADamagedFileIsNamedAndAGoodOneIsFine() async throws {
        let rig = try Rig("plain")
        rig.configuration.isOffline = true
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        try Data(count: rig.content.count).write(to: rig.final)
        let error = await #expect(throws: DownloadError.self) { try await rig.download() }
        #expect(error?.code == .checksum && error?.place == rig.final)
        try rig.content.write(to: rig.final)
        try await rig.download()
        #expect(try rig.requests.isEmpty)
    }

    @Test func requestsGoThroughTheProxyWithItsPassword() async throws {
        let rig = try Rig("plain")
        rig.configuration.mirror = try Mirror("http://models.invalid/plain/\(rig.name)")
        rig.configuration.proxies = try ProxySettings(
            environment: ["HTTP_PROXY": "http://user:secret@127.0.0.1:\(rig.server.port)"])
        try await rig.download()
        #expect(rig.installed == rig.content)
        let connect = try rig.server.requests(case: "models").first
        #expect(connect?.method == "CONNECT")
        #expect(connect?.path == "models.invalid:80")
        // base64 of `user:secret`.
        #expect(connect?.authorization == "Basic dXNlcjpzZWNyZXQ=")
    }
}

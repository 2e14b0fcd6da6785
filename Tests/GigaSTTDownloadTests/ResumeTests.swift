import Foundation
import GigaSTTDownload
import STTValues
import Testing

@Suite("Resuming", .timeLimit(.minutes(1)))
struct ResumeTests {
    /// Half of the file, as the server's first answer gives it.
    static let half = TestFile.content(TestFile.encoder).count / 2

    @Test func aBrokenDownloadGoesOnWhereItBrokeAndOnlyForTheSameVersion() async throws {
        let rig = try Rig("hold")
        try await rig.download()
        let requests = try rig.requests
        #expect(requests.map(\.range) == [nil, "bytes=\(Self.half)-"])
        #expect(requests.map(\.ifRange) == [nil, #""one""#])
    }

    @Test func aStalledDownloadIsBrokenOffAndGoesOn() async throws {
        let rig = try Rig("hold")
        rig.configuration.stallTimeout = .seconds(1)
        try await rig.download(stalling: true)
        #expect(rig.installed == rig.content)
        #expect(try rig.requests.count > 1)
        #expect(!rig.waits.isEmpty)
    }

    @Test func withoutVersionTheRangeIsAskedForAlone() async throws {
        let rig = try Rig("mixed")
        try await rig.download()
        // The joined halves do not match the pin, so the whole file is fetched once more.
        #expect(try rig.requests.map(\.range) == [nil, "bytes=\(Self.half)-", nil])
        #expect(try rig.requests.allSatisfy { $0.ifRange == nil })
        #expect(rig.installed == rig.content)
    }

    @Test func aNewVersionIsTakenFromTheStart() async throws {
        let rig = try Rig("changing")
        try await rig.download()
        #expect(try rig.requests.map(\.ifRange) == [nil, #""old""#])
        #expect(rig.installed == rig.content)
    }

    @Test func whatAnEarlierCallReceivedIsUsed() async throws {
        let rig = try Rig("hold")
        rig.configuration.retries.tries = 1
        await #expect(throws: DownloadError.self) { try await rig.download() }
        #expect(try Data(contentsOf: rig.partial) == rig.content.prefix(Self.half))
        try await rig.download()
        #expect(rig.installed == rig.content)
        #expect(try rig.requests.last?.range == "bytes=\(Self.half)-")
    }

    @Test func whatOnePlaceGaveIsCompletedFromAnother() async throws {
        let rig = try Rig("hold")
        rig.configuration.retries.tries = 1
        await #expect(throws: DownloadError.self) { try await rig.download() }
        try rig.behave("plain")
        try await rig.download()
        #expect(rig.installed == rig.content)
        let last = try #require(try rig.requests.last)
        #expect(last.range == "bytes=\(Self.half)-" && last.ifRange == nil)
    }

    @Test func aWholePartialFileNeedsNoRequest() async throws {
        let rig = try Rig("hold")
        rig.configuration.retries.tries = 1
        await #expect(throws: DownloadError.self) { try await rig.download() }
        try rig.content.write(to: rig.partial)
        try await rig.download()
        #expect(rig.installed == rig.content)
        #expect(try rig.requests.count == 1)
    }

    @Test func aWholePartialFileOfUnknownSizeIsToldByTheServer() async throws {
        let rig = try Rig("hold", size: .atMost(4_000_000))
        rig.configuration.retries.tries = 1
        await #expect(throws: DownloadError.self) { try await rig.download() }
        try rig.content.write(to: rig.partial)
        try await rig.download()
        #expect(rig.installed == rig.content)
        #expect(try rig.requests.last?.range == "bytes=\(rig.content.count)-")
    }

    @Test(arguments: [Data("not json".utf8), Data(#"{"sha256":"00","source":"x"}"#.utf8)])
    func aPartialFileOfSomethingElseIsNotUsed(record: Data) async throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        try rig.content.prefix(1000).write(to: rig.partial)
        try record.write(to: rig.partial.appendingPathExtension("json"))
        try await rig.download()
        #expect(try rig.requests.map(\.range) == [nil])
        #expect(rig.installed == rig.content)
    }

    @Test func aCancelledDownloadKeepsWhatItHas() async throws {
        let rig = try Rig("hold")
        rig.configuration.stallTimeout = .seconds(600)
        let downloader = ModelDownloader(
            folder: rig.folder, catalog: try rig.catalog, configuration: rig.configuration)
        let (halfway, signal) = AsyncStream<Void>.makeStream()
        await withThrowingTaskGroup { group in
            group.addTask {
                try await downloader.ensure(.rnnt) { event in
                    if case .downloading(_, Int64(Self.half), _) = event { signal.yield() }
                }
            }
            for await _ in halfway { break }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(try Data(contentsOf: rig.partial) == rig.content.prefix(Self.half))
        #expect(rig.installed == nil)
        try await rig.download()
        #expect(rig.installed == rig.content)
    }
}

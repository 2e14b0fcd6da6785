import Foundation
import STTValues
import Testing

@testable import GigaSTTDownload

/// The form for apps: the progress of all files together, and what to ask before.
@Suite("Progress of the whole", .timeLimit(.minutes(1)))
struct WholeProgressTests {
    private struct Stop: Error {}

    private static func file(_ path: String, _ size: ModelFile.Size) -> ModelFile {
        ModelFile(path: path, source: "https://models.invalid/\(path)", sha256: "", size: size)
    }

    /// Two files: 100 bytes, and one that is known to have fewer than 400.
    @Test(
        arguments: [
            ([], 0, 400), ([.downloading(file: "a", done: 50, total: 100)], 50, 400),
            // What a server states replaces the estimate, and what it sends beyond it does.
            ([.downloading(file: "b", done: 10, total: 200)], 10, 300),
            ([.downloading(file: "b", done: 390, total: nil)], 390, 490),
            (
                [.downloading(file: "a", done: 100, total: 100), .downloading(file: "b", done: 200, total: 200)], 300,
                300
            ),
            // A server that cannot resume begins anew.
            ([.downloading(file: "a", done: 50, total: 100), .downloading(file: "a", done: 0, total: 100)], 0, 400),
            ([.downloading(file: "a", done: 50, total: 100), .retrying(file: "a", after: .seconds(1))], 50, 400),
        ] as [([DownloadEvent], Int64, Int64)])
    func theFilesAreAddedUp(events: [DownloadEvent], completed: Int64, total: Int64) {
        var tally = DownloadTally()
        tally.begin([Self.file("a", .exactly(100)), Self.file("b", .atMost(400))])
        var progress = tally.receive(.waiting(holder: nil))
        for event in events { progress = tally.receive(event) }
        #expect(progress.completedByteCount == completed && progress.totalByteCount == total)
        #expect(progress.fraction == Double(completed) / Double(total))
    }

    @Test func aModelThatIsCompleteIsDoneAtOnce() {
        var tally = DownloadTally()
        tally.begin([])
        #expect(tally.receive(.verifying(file: "a")).fraction == 0)
        let done = tally.receive(.done(folder: URL(filePath: "/models")))
        #expect(done.fraction == 1 && done.totalByteCount == 0 && done.file == nil)
    }

    @Test @MainActor func theProgressComesToTheCaller() async throws {
        let rig = try Rig("plain", size: .atMost(4_000_000))
        let downloader = try rig.downloader
        let plan = try await downloader.plan(for: ModelSelection(.rnnt))
        #expect(plan.files.map(\.path) == [TestFile.encoder])
        #expect(plan.estimatedByteCount == 3_000_000 && plan.hosts == ["127.0.0.1"])
        var progress: [ModelDownloader.Progress] = []
        try await downloader.download(ModelSelection(.rnnt)) { progress.append($0) }
        #expect(rig.installed == rig.content)
        let fractions = progress.map(\.fraction)
        #expect(fractions == fractions.sorted())
        #expect(progress.last?.activity == .done)
        #expect(progress.last?.completedByteCount == 3_000_000 && progress.last?.totalByteCount == 3_000_000)
        #expect(try await downloader.plan(for: ModelSelection(.rnnt)).files.isEmpty)
    }

    @Test func whatIsThrownEndsTheDownloadAndTheNextOneResumes() async throws {
        let rig = try Rig("hold")
        let downloader = try rig.downloader
        let half = Int64(rig.content.count / 2)
        await #expect(throws: Stop.self) {
            try await downloader.download(ModelSelection(.rnnt)) { progress in
                if progress.completedByteCount == half { throw Stop() }
            }
        }
        #expect(rig.installed == nil)
        try await downloader.download(ModelSelection(.rnnt)) { _ in }
        #expect(rig.installed == rig.content)
        #expect(try rig.requests.last?.range == "bytes=\(half)-")
    }

    @Test func aFailureIsThrownWithATextForPeople() async throws {
        let rig = try Rig("gone")
        let downloader = try rig.downloader
        let error = await #expect(throws: DownloadError.self) {
            try await downloader.download(ModelSelection(.rnnt)) { _ in }
        }
        #expect(error?.code == .network)
        #expect((error as (any Error)?)?.localizedDescription == error?.message)
    }
}

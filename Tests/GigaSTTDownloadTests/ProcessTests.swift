import Foundation
import GigaSTTDownload
import Testing

@Suite("Several processes", .timeLimit(.minutes(2)))
struct ProcessTests {
    static let half = TestFile.content(TestFile.encoder).count / 2

    /// Starts a process that fetches the rig's file.
    static func probe(_ rig: Rig, from behaviour: String) throws -> ChildProcess {
        let file = try rig.file
        return try ChildProcess(
            "DownloadProbe",
            [
                rig.folder.path, rig.server.address(behaviour, case: rig.name), file.path, file.sha256,
                "\(rig.content.count)",
            ])
    }

    @Test func twoProcessesFetchTheFileOnce() throws {
        let rig = try Rig("hold")
        let first = try Self.probe(rig, from: "hold")
        #expect(first.reaches(#""bytes_done":\#(Self.half),"#))
        let second = try Self.probe(rig, from: "hold")
        #expect(second.line() == "waiting \(first.identifier)")
        try rig.server.release(case: rig.name)
        #expect(first.lines().last?.contains(#""phase":"done""#) == true)
        #expect(second.lines().map { $0.contains("bytes_done") } == [false])
        #expect(first.end() == 0 && second.end() == 0)
        #expect(try rig.requests.count == 1)
        #expect(rig.installed == rig.content)
    }

    @Test func aKilledDownloadGoesOnWhereItWas() throws {
        let rig = try Rig("hold")
        let first = try Self.probe(rig, from: "hold")
        #expect(first.reaches(#""bytes_done":\#(Self.half),"#))
        first.signal(SIGKILL)
        #expect(first.end() == SIGKILL)
        #expect(rig.installed == nil)
        let second = try Self.probe(rig, from: "hold")
        #expect(second.lines().last?.contains(#""phase":"done""#) == true)
        #expect(second.end() == 0)
        #expect(try rig.requests.map(\.range) == [nil, "bytes=\(Self.half)-"])
        #expect(rig.installed == rig.content)
        #expect(rig.names == [TestFile.encoder, "\(TestFile.encoder).sha256"])
    }

    @Test func theWaitForAnotherProcessEndsAndNamesIt() async throws {
        let rig = try Rig("hold")
        let first = try Self.probe(rig, from: "hold")
        #expect(first.reaches(#""bytes_done":\#(Self.half),"#))
        rig.configuration.lockTimeout = .seconds(3)
        let error = await #expect(throws: DownloadError.self) { try await rig.download() }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process \(first.identifier)") == true)
        #expect(rig.reported == [.waiting(holder: first.identifier)])
        #expect(rig.waits == Array(repeating: .milliseconds(200), count: 15))
        first.signal(SIGKILL)
        _ = first.end()
    }
}

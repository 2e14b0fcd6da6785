import Foundation
import TestSupport
import Testing

@testable import GigaSTTServer

/// Who submitted, read, cancelled and erased jobs.
@Suite struct AuditLogTests {
    private struct Line: Codable, Equatable {
        var action: String
        var job_id: String
        var key: String?
        var time: String
    }

    private func lines(_ path: String) throws -> [Line] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    @Test func eachAccessIsALineWithoutWhatWasSaid() async throws {
        let folder = try TemporaryFolder()
        let log = folder.path("audit.jsonl")
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.jobs.auditLog = log
        }) { port, _ in
            let client = JobClient(port: port)
            let id = try await client.submit(try Speech.file("07_"))
            _ = try await client.wait(id, for: ["done"])
            let text = try #require(try await client.text(id))
            #expect(try await client.send("POST", "/v1/jobs/\(id)/erase").status == 204)
            // What is refused, or not there, is not an access.
            #expect(try await client.send("GET", "/v1/jobs/\(id)/result").status == 404)
            let lines = try lines(log)
            #expect(lines.map(\.action).filter { $0 != "read" } == ["submit", "erase"])
            #expect(lines.filter { $0.action == "read" }.count >= 1)
            #expect(lines.allSatisfy { $0.job_id == id && $0.key == nil && $0.time.hasSuffix("Z") })
            let content = try String(contentsOfFile: log, encoding: .utf8)
            #expect(!content.contains(text.prefix(6)) && !content.contains(folder.url.path))
            #expect(try FileManager.default.attributesOfItem(atPath: log)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func theNameOfTheKeyIsRecorded() async throws {
        let folder = try TemporaryFolder()
        let (keys, log) = (try KeyFile("archive transcribe archive-key-0123456789\n"), folder.path("audit.jsonl"))
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.jobs.auditLog = log
            $0.apiKeyFile = keys.path
        }) { port, _ in
            var client = JobClient(port: port)
            client.key = "archive-key-0123456789"
            _ = try await client.submit(try Speech.file("06_"))
            #expect(try lines(log).first?.key == "archive")
        }
    }

    @Test func aFileThatCannotBeWrittenIsAnErrorAtTheStart() async throws {
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ServerError.self) {
            try await RunningServer.use({
                $0.enableJobs(in: folder)
                $0.jobs.auditLog = folder.path("missing/audit.jsonl")
            }) { _, _ in }
        }
        #expect(error?.message.hasPrefix("--audit-log: the file cannot be written") == true)
    }

    /// A file that takes nothing: the submission is refused, and nothing is stored.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func whatCannotBeRecordedIsRefused() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.jobs.auditLog = "/dev/full"
        }) { port, _ in
            let client = JobClient(port: port)
            let answer = try await client.send("POST", "/v1/jobs", body: try Speech.file("06_"))
            #expect(answer.status == 503 && answer.code == "jobs_unavailable")
            let listed = try await client.send("GET", "/v1/jobs").object["jobs"] as? [Any]
            #expect(listed?.isEmpty == true)
            while !(try FileManager.default.contentsOfDirectory(atPath: folder.path("jobs/audio")).isEmpty) {
                await Task.yield()
            }
        }
    }
}

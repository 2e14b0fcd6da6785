import Foundation
import GRDB
import TestSupport
import Testing

@testable import GigaSTTServer
@testable import STTJobs

/// A store that cannot be written for a while.
@Suite struct JobStoreFaultTests {
    private func database(_ folder: TemporaryFolder) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        // The server writes, too: its lock is waited for.
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: folder.path("jobs/\(SQLiteJobStore.fileName)"), configuration: configuration)
    }

    @Test func aStoreThatRefusesIsTriedLessOftenAndLoggedOnce() async throws {
        let (folder, record) = (try TemporaryFolder(), LogRecord())
        try await RunningServer.use({ $0.enableJobs(in: folder) }, logger: record.logger) { port, _ in
            let client = JobClient(port: port)
            try await database(folder).write { db in
                try db.execute(
                    sql: """
                        CREATE TRIGGER refusal BEFORE UPDATE ON job WHEN NEW.state = 'processing'
                        BEGIN SELECT RAISE(ABORT, 'refused'); END
                        """)
            }
            // Each submission lets the workers look for a job.
            var ids: [String] = []
            for _ in 0..<8 { ids.append(try await client.submit(try Speech.file("06_"))) }
            while !record.lines.contains(where: { $0.hasPrefix("error") }) { await Task.yield() }
            for _ in 0..<8 { ids.append(try await client.submit(try Speech.file("06_"))) }
            try await database(folder).write { db in try db.execute(sql: "DROP TRIGGER refusal") }
            for id in ids { #expect(try await client.wait(id)["status"] as? String == "done") }
            #expect(record.lines.count { $0.hasPrefix("error The database of jobs is damaged.") } == 1)
            #expect(record.lines.count { $0.hasPrefix("notice jobs are recognised again") } == 1)
        }
    }

    @Test func aClientThatLeavesWhileItsJobIsStoredLeavesNoRecordingBehind() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, server in
            let audio = folder.path("jobs/audio")
            func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: audio) }
            let queue = try database(folder)
            var client = try await WireClient(port: port)
            // The row cannot be written while another connection writes.
            try queue.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let body = try Speech.file("06_")
            let head = "POST /v1/jobs HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n\r\n"
            try await client.send(raw: Array(head.utf8) + body)
            while try files().isEmpty { await Task.yield() }
            await client.leave()
            client = try await WireClient(port: port)
            _ = try await client.request("GET", "/v1/jobs")
            try queue.inDatabase { try $0.execute(sql: "ROLLBACK") }
            while !(try files().isEmpty) { await Task.yield() }
            await client.leave()
        }
    }
}

import Foundation
import GRDB
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer
@testable import STTJobs

/// Requests that meet at the same upload, or at the same key.
@Suite struct UploadRaceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let version = ["Tus-Resumable": "1.0.0"]

    private func create(_ client: JobClient, _ length: Int) async throws -> WireClient.Answer {
        try await client.send("POST", "/v1/uploads", Self.version.merging(["Upload-Length": "\(length)"]) { $1 })
    }

    private func created(_ client: JobClient, _ length: Int) async throws -> String {
        String((try await create(client, length).fields["location"] ?? "").dropFirst("uploads/".count))
    }

    private func fields(_ offset: Int) -> [String: String] {
        Self.version.merging(
            ["Upload-Offset": "\(offset)", "Content-Type": "application/offset+octet-stream"]) { $1 }
    }

    /// Begins a part of so many bytes, sends these ones of it, and returns when the server writes them.
    private func begin(
        _ port: Int, _ id: String, length: Int, _ bytes: ArraySlice<UInt8>
    ) async throws -> WireClient {
        let writer = try await WireClient(port: port)
        let lines = fields(0).map { "\($0): \($1)\r\n" }.joined()
        let head = "PATCH /v1/uploads/\(id) HTTP/1.1\r\nHost: test\r\nContent-Length: \(length)\r\n\(lines)\r\n"
        try await writer.send(raw: Array(head.utf8) + bytes)
        while (try? Data(contentsOf: file(id)).count) != bytes.count { await Task.yield() }
        return writer
    }

    private func file(_ id: String) -> URL { folder.file("jobs/audio/\(id)") }

    private func database() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: folder.path("jobs/\(SQLiteJobStore.fileName)"), configuration: configuration)
    }

    @Test func oneOfTwoPartsIsWritten() async throws {
        let expected = try await RunningServer.expected("06_").text
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let (client, body) = (JobClient(port: port), try Speech.file("06_"))
            let id = try await created(client, body.count)
            let half = body.count / 2
            var writer = try await begin(port, id, length: body.count, body[..<half])
            // The other one, at the same place and where the first has come to.
            for offset in [0, half] {
                let rest = Array(body[half...])
                let other = try await client.send("PATCH", "/v1/uploads/\(id)", fields(offset), body: rest)
                #expect(other.status == 423 && other.code == "upload_locked")
            }
            let removal = try await client.send("DELETE", "/v1/uploads/\(id)", Self.version)
            #expect(removal.status == 423 && removal.code == "upload_locked")
            try await writer.send(raw: Array(body[half...]))
            let answer = try await writer.answer()
            #expect(answer.status == 204 && answer.fields["upload-offset"] == "\(body.count)")
            #expect(try await client.text(id) == expected)
            // The part again: its answer was lost.
            let again = try await client.send("PATCH", "/v1/uploads/\(id)", fields(body.count), body: [1])
            #expect(again.status == 204)
            await writer.leave()
        }
    }

    /// Both arrive at the same instant, many times.
    @Test func partsAtTheSameInstantGiveOneJob() async throws {
        let expected = try await RunningServer.expected("06_").text
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let (client, body) = (JobClient(port: port), try Speech.file("06_"))
            let id = try await created(client, body.count)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await client.send("PATCH", "/v1/uploads/\(id)", fields(0), body: body).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 204 } == 1, "\(statuses)")
            #expect(statuses.allSatisfy { [204, 409, 423].contains($0) }, "\(statuses)")
            #expect(try await client.text(id) == expected)
            let jobs = try await client.send("GET", "/v1/jobs").object["jobs"] as? [Any]
            #expect(jobs?.count == 1)
        }
    }

    @Test func aPartThatBreaksOffMakesRoomForARemoval() async throws {
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let (client, body) = (JobClient(port: port), try Speech.file("06_"))
            let id = try await created(client, body.count)
            let writer = try await begin(port, id, length: body.count, body[..<100])
            await writer.leave()
            var status = 423
            while status == 423 { status = try await client.send("DELETE", "/v1/uploads/\(id)", Self.version).status }
            #expect(status == 204)
            #expect(try await client.send("HEAD", "/v1/uploads/\(id)", Self.version).status == 404)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("jobs/audio")).isEmpty)
        }
    }

    /// It has expired, or another server of the same database has removed it.
    @Test(arguments: [false, true]) func anUploadThatGoesMeanwhileIsNotFound(isWhole: Bool) async throws {
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let (client, body) = (JobClient(port: port), try Speech.file("06_"))
            let id = try await created(client, body.count)
            let length = isWhole ? body.count : body.count / 2
            var writer = try await begin(port, id, length: length, body[..<100])
            try await database().write { try $0.execute(sql: "DELETE FROM upload") }
            try await writer.send(raw: Array(body[100..<length]))
            let answer = try await writer.answer()
            #expect(answer.status == 404 && answer.code == "upload_not_found")
            #expect(try await client.send("GET", "/v1/jobs/\(id)").status == 404)
            while FileManager.default.fileExists(atPath: file(id).path) { await Task.yield() }
            await writer.leave()
        }
    }

    @Test func anUploadThatHasExpiredIsNotFound() async throws {
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.jobs.countLimit = 1
        }) { port, _ in
            let client = JobClient(port: port)
            let id = try await created(client, 9)
            #expect(try await client.send("PATCH", "/v1/uploads/\(id)", fields(0), body: [1, 2, 3]).status == 204)
            try await database().write { try $0.execute(sql: "UPDATE upload SET expires_at = 1") }
            let part = try await client.send("PATCH", "/v1/uploads/\(id)", fields(3), body: [4])
            #expect(part.status == 404 && part.code == "upload_not_found")
            #expect(try await client.send("HEAD", "/v1/uploads/\(id)", Self.version).status == 404)
            // Its place is free as soon as another upload needs it.
            #expect(try await create(client, 9).status == 201)
            #expect(!FileManager.default.fileExists(atPath: file(id).path))
        }
    }

    @Test func limitsHoldForCreationsAtTheSameInstant() async throws {
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.jobs.countLimit = 3
        }) { port, _ in
            let client = JobClient(port: port)
            let answers = try await withThrowingTaskGroup(of: WireClient.Answer.self) { group in
                for _ in 0..<8 { group.addTask { try await create(client, 9) } }
                return try await group.reduce(into: [WireClient.Answer]()) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 201 } == 3)
            #expect(answers.count { $0.code == "queue_full" } == 5)
            #expect(Set(answers.compactMap { $0.fields["location"] }).count == 3)
        }
    }

    @Test func aKeySentManyTimesAtOnceIsOneJob() async throws {
        let expected = try await RunningServer.expected("06_").text
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let (client, body) = (JobClient(port: port), try Speech.file("06_"))
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await client.submit(body, query: "", ["Idempotency-Key": "k"]) } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(try await client.text(ids.first ?? "") == expected)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("jobs/audio")).isEmpty)
        }
    }
}

import Crypto
import Foundation
import GigaSTT
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// `/v1/uploads` as tus 1.0.0 describes it.
@Suite struct UploadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let version = ["Tus-Resumable": "1.0.0"]

    private func create(_ client: JobClient, _ length: Int, query: String = "") async throws -> String {
        let answer = try await client.send(
            "POST", "/v1/uploads\(query)", Self.version.merging(["Upload-Length": "\(length)"]) { $1 })
        #expect(answer.status == 201 && answer.fields["tus-resumable"] == "1.0.0", "\(answer)")
        let location = answer.fields["location"] ?? ""
        #expect(location.hasPrefix("uploads/") && answer.fields["upload-expires"]?.hasSuffix(" GMT") == true)
        return String(location.dropFirst("uploads/".count))
    }

    private func part(
        _ client: JobClient, _ id: String, at offset: Int, _ bytes: [UInt8], _ more: [String: String] = [:]
    ) async throws -> WireClient.Answer {
        let fields = ["Upload-Offset": "\(offset)", "Content-Type": "application/offset+octet-stream"]
        return try await client.send(
            "PATCH", "/v1/uploads/\(id)", Self.version.merging(fields) { $1 }.merging(more) { $1 }, body: bytes)
    }

    private func offset(_ client: JobClient, _ id: String) async throws -> String? {
        let answer = try await client.send("HEAD", "/v1/uploads/\(id)", Self.version)
        #expect(answer.status == 200 && answer.fields["cache-control"] == "no-store")
        return answer.fields["upload-offset"]
    }

    @Test func partsBecomeTheJobOfTheSameIdentifier() async throws {
        let expected = try await RunningServer.expected("07_").text
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let (client, body) = (JobClient(port: port), try Speech.file("07_"))
            let abilities = try await client.send("OPTIONS", "/v1/uploads")
            #expect(abilities.status == 204 && abilities.fields["tus-version"] == "1.0.0")
            #expect(abilities.fields["tus-extension"] == "creation,termination,checksum,expiration")
            #expect(abilities.fields["tus-max-size"] == "52428800")
            let id = try await create(client, body.count, query: "?priority=high")
            #expect(try await offset(client, id) == "0")
            let half = body.count / 2
            let first = try await part(client, id, at: 0, Array(body[..<half]))
            #expect(first.status == 204 && first.fields["upload-offset"] == "\(half)")
            // Not where it ended, and not what was sent.
            let conflict = try await part(client, id, at: 0, Array(body[..<half]))
            #expect(conflict.status == 409 && conflict.fields["upload-offset"] == "\(half)")
            let digest = Data(Insecure.SHA1.hash(data: Data(body))).base64EncodedString()
            let wrong = try await part(
                client, id, at: half, Array(body[half...]), ["Upload-Checksum": "sha1 \(digest)"])
            #expect(wrong.status == 460 && wrong.code == "checksum_mismatch")
            #expect(try await offset(client, id) == "\(half)")
            #expect(try await client.send("GET", "/v1/jobs/\(id)").status == 404)
            let right = Data(SHA256.hash(data: Data(body[half...]))).base64EncodedString()
            let last = try await part(
                client, id, at: half, Array(body[half...]), ["Upload-Checksum": "sha256 \(right)"])
            #expect(last.status == 204 && last.fields["upload-offset"] == "\(body.count)")
            #expect(try await client.text(id) == expected)
            #expect(try await client.status(id)["priority"] as? String == "high")
            // A client whose last answer was lost finds that it is whole.
            #expect(try await offset(client, id) == "\(body.count)")
            #expect(try await client.send("DELETE", "/v1/uploads/\(id)", Self.version).status == 204)
            #expect(try await client.text(id) == expected)
        }
    }

    @Test func mistakesAreNamed() async throws {
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.bodyByteLimit = 1_000
            $0.jobs.countLimit = 1
        }) { port, _ in
            let client = JobClient(port: port)
            func post(_ fields: [String: String], _ query: String = "") async throws -> WireClient.Answer {
                try await client.send("POST", "/v1/uploads\(query)", fields)
            }
            let old = try await post(["Tus-Resumable": "0.2.2", "Upload-Length": "9"])
            #expect(old.status == 412 && old.fields["tus-version"] == "1.0.0")
            for (length, status) in [("", 400), ("-1", 400), ("x", 400), ("0", 400), ("1001", 413)] {
                let answer = try await post(Self.version.merging(["Upload-Length": length]) { $1 })
                #expect(answer.status == status && answer.fields["tus-resumable"] == "1.0.0", "\(length)")
            }
            let query = try await post(Self.version.merging(["Upload-Length": "9"]) { $1 }, "?format=docx")
            #expect(query.status == 400)
            let id = try await create(client, 9)
            // It counts as the job that it becomes.
            #expect(try await post(Self.version.merging(["Upload-Length": "9"]) { $1 }).code == "queue_full")
            #expect(try await part(client, id, at: 0, [1], ["Content-Type": "audio/wav"]).status == 415)
            #expect(try await part(client, id, at: 0, [1], ["Upload-Checksum": "md5 AAAA"]).code == "invalid_upload")
            #expect(try await part(client, id, at: 0, Array(repeating: 1, count: 10)).status == 413)
            #expect(try await part(client, "none", at: 0, [1]).code == "upload_not_found")
            let override = try await client.send(
                "POST", "/v1/uploads/\(id)", Self.version.merging(["X-HTTP-Method-Override": "DELETE"]) { $1 })
            #expect(override.status == 204)
            #expect(try await client.send("HEAD", "/v1/uploads/\(id)", Self.version).status == 404)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("jobs/audio")).isEmpty)
        }
    }

    @Test func anUploadOutlivesItsServer() async throws {
        let body = try Speech.file("06_")
        let expected = try await RunningServer.expected("06_").text
        let half = body.count / 2
        let ids = Mutex<[String]>([])
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let (first, second) = (try await create(client, body.count), try await create(client, body.count))
            #expect(try await part(client, first, at: 0, Array(body[..<half])).status == 204)
            ids.withLock { $0 = [first, second] }
        }
        let (first, second) = ids.withLock { ($0[0], $0[1]) }
        // All of it had arrived when the process ended, and no job was stored.
        try Data(body).write(to: URL(fileURLWithPath: folder.path("jobs/audio/\(second)")))
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let recovered = try await client.text(second)
            #expect(recovered == expected)
            #expect(try await offset(client, first) == "\(half)")
            #expect(try await part(client, first, at: half, Array(body[half...])).status == 204)
            #expect(try await client.text(first) == expected)
        }
    }
}

import Foundation
import TestSupport

@testable import GigaSTTServer

/// A client of `/v1/jobs` on a connection of its own for each request.
struct JobClient: Sendable {
    let port: Int
    var key: String?

    /// One request; `fields` beside the key.
    func send(
        _ method: String, _ path: String, _ fields: [String: String] = [:], body: [UInt8] = []
    ) async throws -> WireClient.Answer {
        var client = try await WireClient(port: port)
        var fields = fields
        if let key { fields["Authorization"] = "Bearer \(key)" }
        if method == "POST", body.isEmpty { fields["Content-Length"] = "0" }
        let answer = try await client.request(method, path, fields, body: body)
        await client.leave()
        return answer
    }

    /// Submits a recording and returns the identifier of its job.
    func submit(_ body: [UInt8], query: String = "", _ fields: [String: String] = [:]) async throws -> String {
        let answer = try await send("POST", "/v1/jobs\(query)", fields, body: body)
        return try answer.object["job_id"] as? String ?? "none: \(answer.status) \(answer.body)"
    }

    /// What is known of a job.
    func status(_ id: String) async throws -> [String: Any] { try await send("GET", "/v1/jobs/\(id)").object }

    /// The status of a job once it is one of these.
    func wait(_ id: String, for states: Set<String> = ["done", "failed", "cancelled"]) async throws -> [String: Any] {
        while true {
            let status = try await status(id)
            guard let state = status["status"] as? String else { return status }
            if states.contains(state) { return status }
            await Task.yield()
        }
    }

    /// The text of a job that is done.
    func text(_ id: String) async throws -> String? {
        _ = try await wait(id)
        return try await send("GET", "/v1/jobs/\(id)/result").object["text"] as? String
    }
}

extension WireClient.Answer {
    /// The body as an object; empty for anything else.
    var object: [String: Any] {
        get throws { try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:] }
    }

    /// The code of a failure.
    var code: String? { try? object["code"] as? String }
}

extension ServerSettings {
    /// Jobs in a folder of the test.
    mutating func enableJobs(in folder: TemporaryFolder) {
        jobs.isEnabled = true
        jobs.folder = folder.path("jobs")
    }
}

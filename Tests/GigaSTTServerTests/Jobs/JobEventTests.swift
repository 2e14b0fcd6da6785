import Foundation
import TestSupport
import Testing

@testable import GigaSTTServer

/// The progress of a job as server-sent events.
@Suite struct JobEventTests {
    private struct Event: Equatable {
        let id: Int
        let type: String
    }

    private func events(_ body: String) throws -> [Event] {
        try body.components(separatedBy: "\n\n").filter { $0.contains("data: ") }.map { block in
            let lines = block.split(separator: "\n")
            #expect(lines.count == 2)
            let data = Data(lines[1].dropFirst("data: ".count).utf8)
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
            return Event(id: Int(lines[0].dropFirst("id: ".count)) ?? -1, type: object["type"] as? String ?? "")
        }
    }

    @Test func progressComesUntilTheEnd() async throws {
        let folder = try TemporaryFolder()
        let held = try await HeldRecognizer()
        try await RunningServer.use({ $0.enableJobs(in: folder) }, load: { held.recognizer }) { port, _ in
            await held.hold()
            let client = JobClient(port: port)
            let id = try await client.submit(try Speech.file("10_"))
            _ = try await client.wait(id, for: ["processing"])
            var listener = try await WireClient(port: port)
            try await listener.send(raw: Array("GET /v1/jobs/\(id)/events HTTP/1.1\r\nHost: t\r\n\r\n".utf8))
            try await listener.skipHead()
            held.letGo()
            _ = try await client.wait(id)
            // The stream ends by itself; the connection goes on.
            var text = ""
            while !text.contains("\"done\"") { text += try await listener.text() }
            let events = try events(text)
            #expect(events.count >= 2 && events.last?.type == "done")
            #expect(events.dropLast().allSatisfy { $0.type == "progress" })
            #expect(zip(events, events.dropFirst()).allSatisfy { $0.id <= $1.id })
            await listener.leave()
        }
    }

    @Test func anEndIsToldOnce() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let id = try await client.submit(try Speech.file("07_"))
            _ = try await client.wait(id)
            let answer = try await client.send("GET", "/v1/jobs/\(id)/events")
            #expect(answer.fields["content-type"] == "text/event-stream")
            let events = try events(answer.body)
            #expect(events.map(\.type) == ["done"])
            // A browser that comes back does not come back again.
            let last = "\(events.first?.id ?? 0)"
            #expect(try await client.send("GET", "/v1/jobs/\(id)/events", ["Last-Event-ID": last]).status == 204)
            let earlier = try await client.send("GET", "/v1/jobs/\(id)/events", ["Last-Event-ID": "1"])
            #expect(try self.events(earlier.body) == events)
            let failed = try await client.submit([1, 2, 3])
            _ = try await client.wait(failed)
            let body = try await client.send("GET", "/v1/jobs/\(failed)/events").body
            #expect(body.contains(#"data: {"type":"failed","error":"Failed to decode audio file. Check format."}"#))
        }
    }
}

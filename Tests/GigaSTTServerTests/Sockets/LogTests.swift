import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct LogTests {
    /// The lines of a server that was used by `body`, as objects. It stops when this many requests have ended.
    private func log(
        afterRequests count: Int = 0, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> (lines: [String], objects: [[String: Any]]) {
        let lines = Lines()
        try await RunningServer.serve(logger: lines.logger(.json)) { address, _ in
            try await body(address.port)
            // Whoever just left has left before the server stops.
            while lines.all.count(where: { $0.contains("live session started") })
                > lines.all.count(where: { $0.contains("live session ended") })
                || lines.all.count(where: { $0.contains("\"msg\":\"request\"") }) < count
            { await Task.yield() }
        }
        let objects = try lines.all.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        for line in lines.all { #expect(line.hasSuffix("}\n") && line.count { $0 == "\n" } == 1) }
        return (lines.all, objects)
    }

    @Test func everyRequestHasOneLine() async throws {
        let (lines, objects) = try await log { port in
            var client = try await WireClient(port: port)
            _ = try await client.request("GET", "/v1/models?key=secret", ["X-Request-Id": "mine-1"])
            _ = try await client.request("GET", "/health", ["X-Request-Id": "mine-2"])
            _ = try await client.request("POST", "/v1/transcribe", ["X-Request-Id": "mine-3"])
            let body = [UInt8](try Data(contentsOf: Recordings.named("06_").url))
            _ = try await client.request(
                "POST", "/v1/transcribe/stream", ["X-Request-Id": "mine-4"], body: body)
            await client.leave()
        }
        let requests = objects.filter { $0["msg"] as? String == "request" }
        let expected: [(id: String, level: String, method: String, path: String, status: Int)] = [
            ("mine-1", "info", "GET", "/v1/models", 200), ("mine-2", "debug", "GET", "/health", 200),
            ("mine-3", "info", "POST", "/v1/transcribe", 400), ("mine-4", "info", "POST", "/v1/transcribe/stream", 200),
        ]
        #expect(requests.count == expected.count)
        for (request, expected) in zip(requests, expected) {
            #expect(request["request_id"] as? String == expected.id && request["level"] as? String == expected.level)
            #expect(request["method"] as? String == expected.method && request["path"] as? String == expected.path)
            #expect(request["status"] as? Int == expected.status && request["peer"] as? String == "127.0.0.1")
            #expect((request["ms"] as? Double ?? -1) >= 0 && (request["bytes"] as? Int ?? 0) > 0)
            #expect(request["aborted"] == nil)
        }
        #expect(!lines.contains { $0.contains("secret") })
    }

    @Test func streamThatIsCutOffIsSaidToBe() async throws {
        let minute = try Data(contentsOf: Recordings.named("10_").url).dropFirst(44)
        var long = [UInt8](WaveFile.header(byteCount: UInt32(minute.count * 10)))
        for _ in 0..<10 { long += minute }
        let body = long
        let (_, objects) = try await log(afterRequests: 1) { port in
            var client = try await WireClient(port: port)
            let head = "POST /v1/transcribe/stream HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.count)\r\n\r\n"
            try await client.send(raw: Array(head.utf8) + body)
            try await client.skipHead()
            await client.leave()
        }
        #expect(objects.last { $0["msg"] as? String == "request" }?["aborted"] as? String == "true")
    }

    @Test func sessionHasALineAtItsEnd() async throws {
        let speech = try Speech.bytes("06_")
        let (_, objects) = try await log { port in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            try await client.send(binary: speech)
            try await client.send(text: Speech.stop)
            _ = try await client.rest()
            client = try await WireClient.live(port: port)
            try await client.send(opcode: 8, [0x0F, 0xA0] + Array("client's secret".utf8))
            _ = try await client.rest()
            client = try await WireClient.live(port: port)
            await client.leave()
        }
        let sessions = objects.filter { $0["msg"] as? String == "live session ended" }
        #expect(Set(sessions.compactMap { $0["reason"] as? String }) == ["stop", "client closed", "client left"])
        let stopped = try #require(sessions.first { $0["reason"] as? String == "stop" })
        #expect(stopped["close"] as? Int == 1_000 && stopped["peer"] as? String == "127.0.0.1")
        #expect(abs((stopped["audio_seconds"] as? Double ?? 0) - Double(speech.count) / 32_000) < 0.01)
        #expect((stopped["utterances"] as? Int ?? 0) >= 1 && (stopped["words"] as? Int ?? 0) >= 1)
        #expect((stopped["seconds"] as? Double ?? -1) >= 0)
        #expect((stopped["request_id"] as? String)?.isEmpty == false)
    }

    @Test func nothingThatWasSaidIsLogged() async throws {
        let item = try Recordings.named("07_")
        let lines = Lines()
        try await RunningServer.serve(logger: lines.logger(.text)) { address, _ in
            var client = try await WireClient.live(port: address.port)
            try await client.send(text: Speech.configure)
            try await client.send(text: "verborgen { not json")
            try await client.send(text: #"{"type":"configure","endpoint_mode":"verborgen"}"#)
            try await client.send(binary: try Speech.bytes("07_"))
            try await client.send(text: Speech.stop)
            let spoken = try await client.rest()
            #expect(spoken.contains { $0.hasPrefix("final: ") && $0 != "final: " })
            client = try await WireClient(port: address.port)
            let body = [UInt8](try Data(contentsOf: item.url))
            for path in ["/v1/transcribe?format=srt&download=verborgen.srt", "/v1/transcribe/stream?x=verborgen"] {
                #expect(try await client.request("POST", path, body: body).status == 200)
            }
            let hotwords = try await client.request("POST", "/v1/transcribe?hotwords=verborgen", body: body)
            #expect(hotwords.status == 200)
            #expect(try await client.request("POST", "/v1/transcribe", body: Array("verborgen".utf8)).status == 422)
            await client.leave()
        }
        #expect(lines.all.count >= 6)
        let words = item.text.lowercased().split(separator: " ").filter { $0.count > 2 }
        #expect(words.count > 3)
        for line in lines.all {
            #expect(!line.lowercased().contains("verborgen"))
            for word in words { #expect(!line.lowercased().contains(word)) }
        }
    }

    @Test func strangersCannotForgeLines() async throws {
        let forged = "2026-01-01T00:00:00.000Z info forged"
        let (lines, objects) = try await log { port in
            let requests: [String] = [
                "GET /v1/models HTTP/1.1\r\nHost: t\r\nX-Request-Id: a b\" \(forged)\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: t\r\nX-Request-Id: \u{1B}[2K\(forged)\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: t\r\nOrigin: https://evil\" \u{2028}\(forged)\r\n\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: t\r\nOrigin: https://evil.example/\(String(repeating: "x", count: 5_000))\r\n\r\n",
                "GET /\u{2028}\u{202E}\u{85}forged\" HTTP/1.1\r\nHost: t\r\n\r\n",
                "GET /%0a%0dforged?\(forged.replacing(" ", with: "%20")) HTTP/1.1\r\nHost: t\r\n\r\n",
                "GET /\(String(repeating: "y", count: 5_000)) HTTP/1.1\r\nHost: t\r\n\r\n",
                "PROPFIND /x HTTP/1.1\r\nHost: t\r\n\r\n",
            ]
            for request in requests {
                var client = try await WireClient(port: port)
                try await client.send(raw: Array(request.utf8))
                // A parser of the other side may close without an answer.
                _ = try? await client.answer()
                await client.leave()
            }
            var live = try await WireClient.live(port: port)
            try await live.send(text: "\n\(forged)\u{1B}[2K")
            try await live.send(text: Speech.stop)
            _ = try await live.rest()
        }
        #expect(objects.count { $0["msg"] as? String == "request" } >= 5)
        for line in lines {
            #expect(line.unicodeScalars.count < 1_500)
            for scalar in line.dropLast().unicodeScalars {
                #expect(![.control, .format, .lineSeparator].contains(scalar.properties.generalCategory))
            }
        }
        // What cannot be a request id is none.
        #expect(!objects.contains { ($0["request_id"] as? String)?.contains("forged") == true })
        #expect(!objects.contains { $0["ts"] as? String == "2026-01-01T00:00:00.000Z" })
    }
}

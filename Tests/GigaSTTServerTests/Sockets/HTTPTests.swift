import GigaSTT
import Logging
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct HTTPTests {
    @Test func statusRoutesAnswerOnOneConnection() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let health = try await client.request("GET", "/health", ["Origin": "https://evil.example"])
            #expect(
                health.body
                    == #"{"status":"ok","model":"gigastt-demo","variant":"rnnt","version":"2.3.0","#
                    + #""punctuation":false,"itn":true,"diarization":true,"jobs":false}"#)
            #expect(health.fields["access-control-allow-origin"] == nil && health.fields["server"] == nil)
            #expect(health.fields["date"] != nil && health.fields["content-type"] == "application/json")
            let ready = try await client.request("GET", "/ready")
            #expect(
                ready.status == 200 && ready.body == #"{"status":"ready","pool_available":2,"pool_total":2}"#)
            let models = try await client.request("GET", "/v1/models", ["Origin": "http://localhost:3000"])
            #expect(models.body.contains(#""id":"gigastt-demo","name":"gigastt-demo","variant":"rnnt""#))
            #expect(models.body.contains(#""pool_size":2,"pool_available":2,"#))
            #expect(models.fields["access-control-allow-origin"] == "http://localhost:3000")
            #expect(models.fields["access-control-allow-methods"] == "GET, POST, OPTIONS")
            #expect(models.fields["access-control-allow-headers"] == "*" && models.fields["vary"] == "origin")
            await client.leave()
        }
    }

    struct Case: Sendable {
        let method: String
        let path: String
        let origin: String?
        let status: Int
        let allow: String?

        init(_ method: String, _ path: String, _ status: Int, origin: String? = nil, allow: String? = nil) {
            (self.method, self.path, self.status) = (method, path, status)
            (self.origin, self.allow) = (origin, allow)
        }
    }

    static let cases = [
        Case("GET", "/nope", 404), Case("GET", "/health/", 404), Case("GET", "/metrics", 404),
        Case("GET", "/v1/x", 403, origin: "https://evil.example"), Case("GET", "/v1/ws/", 404),
        Case("POST", "/v1/models", 405, allow: "GET, HEAD, OPTIONS"),
        Case("OPTIONS", "/health", 405, allow: "GET, HEAD"),
        Case("GET", "/v1/transcribe", 405, allow: "POST, OPTIONS"), Case("POST", "/v1/jobs", 404),
        Case("POST", "/v1/admin/reload/", 404), Case("OPTIONS", "/v1/transcribe", 204),
        Case("OPTIONS", "/v1/transcribe/stream", 204), Case("OPTIONS", "/v1/models", 204),
        Case("OPTIONS", "/v1/ws", 204), Case("HEAD", "/health", 200),
        Case("GET", "/v1/ws", 400), Case("HEAD", "/v1/ws", 405, allow: "GET, OPTIONS"),
    ]

    @Test func pathsAndMethodsAreExact() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for item in Self.cases {
                let fields = item.origin.map { ["Origin": $0] } ?? [:]
                let answer = try await client.request(item.method, item.path, fields)
                #expect(answer.status == item.status && answer.fields["allow"] == item.allow, "\(item)")
                #expect(answer.fields["x-request-id"]?.count == 36)
                #expect(!answer.fields.keys.contains { $0.hasPrefix("access-control-") })
                if answer.status == 404 || answer.status == 405 { #expect(answer.body.isEmpty) }
            }
            let named = try await client.request("GET", "/nope", ["X-Request-Id": "abc-1"])
            #expect(named.fields["x-request-id"] == "abc-1")
            let upgradeOnHead = try await client.request("HEAD", "/v1/ws", WireClient.upgradeFields)
            #expect(upgradeOnHead.status == 405 && upgradeOnHead.fields["allow"] == "GET, OPTIONS")
            await client.leave()
        }
    }

    @Test func portAnswersWhileTheModelLoads() async throws {
        let goOn = Moment()
        var settings = ServerSettings()
        settings.port = 0
        settings.version = "2.3.0"
        let (ports, arrival) = AsyncStream.makeStream(of: Int.self)
        let server = try Server(
            settings, handlesSignals: false, logger: .quiet, onListening: { arrival.yield($0) },
            onReady: { arrival.yield($0.port) },
            load: {
                await goOn.wait()
                return try await RunningServer.recognizer(workers: 1)
            })
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                var iterator = ports.makeAsyncIterator()
                guard let port = await iterator.next() else { return }
                var client = try await WireClient(port: port)
                let health = try await client.request("GET", "/health")
                #expect(health.body == #"{"status":"ok","model":"loading","version":"2.3.0","jobs":false}"#)
                let ready = try await client.request("GET", "/ready")
                #expect(ready.status == 503 && ready.body == #"{"status":"not_ready","reason":"initializing"}"#)
                for (path, _) in ServedFile.all {
                    #expect(try await client.request("GET", path).status == 200)
                }
                for path in ["/v1/models", "/nope"] {
                    let other = try await client.request("GET", path)
                    #expect(other.status == 503)
                    #expect(other.body == #"{"error":"server is starting up","code":"initializing"}"#)
                }
                goOn.come()
                #expect(await iterator.next() == port)
                #expect(try await client.request("GET", "/ready").status == 200)
                await server.drain()
                try await group.waitForAll()
            }
        }
    }

    @Test func serverThatIsStoppedWhileItLoadsEndsWell() async throws {
        let listening = Moment()
        var settings = ServerSettings()
        settings.port = 0
        let (endless, end) = AsyncStream.makeStream(of: Void.self)
        let server = try Server(
            settings, handlesSignals: false, logger: .quiet, onListening: { _ in listening.come() },
            load: {
                for await _ in endless {}
                throw CancellationError()
            })
        defer { end.finish() }
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                await listening.wait()
                await server.drain()
                try await group.waitForAll()
            }
        }
    }

    @Test func connectionsBeyondTheLimitWaitForOneToEnd() async throws {
        try await RunningServer.use({ $0.connectionLimit = 2 }) { port, _ in
            var (first, second) = (try await WireClient(port: port), try await WireClient(port: port))
            #expect(try await second.request("GET", "/health").status == 200)
            let place = Moment()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                let third = try await WireClient(port: port)
                group.addTask {
                    var third = third
                    let answer = try await third.request("GET", "/health")
                    #expect(answer.status == 200)
                    await third.leave()
                    return place.hasCome
                }
                for _ in 0..<100 { #expect(try await first.request("GET", "/health").status == 200) }
                place.come()
                await first.leave()
                let wasAnsweredAfterwards = try await group.next()
                #expect(wasAnsweredAfterwards == true)
            }
            await second.leave()
        }
    }

    @Test func garbageIsRefused() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            try await client.send(raw: Array("NONSENSE\r\n\r\n".utf8))
            #expect(try await client.answer().status == 400)
            var flood = try await WireClient(port: port)
            let lines = String(repeating: "X-A: b\r\n", count: 100_000)
            try? await flood.send(raw: Array("GET /health HTTP/1.1\r\nHost: t\r\n\(lines)\r\n".utf8))
            // An answer or an end, but no service.
            let answer = try? await flood.answer()
            #expect(answer?.status != 200)
            var good = try await WireClient(port: port)
            #expect(try await good.request("GET", "/health").status == 200)
            await good.leave()
        }
    }
}

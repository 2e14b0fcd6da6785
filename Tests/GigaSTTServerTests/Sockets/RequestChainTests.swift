import Foundation
import GigaSTT
import STTInference
import TestSupport
import Testing

@testable import GigaSTTServer

/// What every request passes before its route.
@Suite struct RequestChainTests {
    private static let transcriptions = "/v1/audio/transcriptions"

    private func error(_ answer: WireClient.Answer) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        return try #require(object?["error"] as? [String: Any], "\(answer.body)")
    }

    @Test func routesOfOpenAIFailInItsEnvelopeBeforeTheRoute() async throws {
        let file = try KeyFile()
        try await RunningServer.use({
            $0.apiKeyFile = file.path
            $0.rateLimit = RateLimit(perMinute: 1, burst: 5)
        }) { port, _ in
            var client = try await WireClient(port: port)
            let wrong = ["Authorization": "Bearer wrong"]
            let right = ["X-API-Key": KeyFile.speaker]
            let cases: [(String, String, [String: String], Int, String, String)] = [
                ("POST", Self.transcriptions, wrong, 401, "unauthorized", "authentication_error"),
                ("GET", "/v1/models", wrong, 401, "unauthorized", "authentication_error"),
                ("POST", Self.transcriptions, ["X-API-Key": KeyFile.admin], 403, "forbidden", "permission_error"),
                ("GET", "/v1/models/x", ["Origin": "https://evil.example"], 403, "origin_denied", "permission_error"),
                ("GET", "/v1/models/x", right, 404, "model_not_found", "invalid_request_error"),
                ("GET", "/v1/models/x", right, 404, "model_not_found", "invalid_request_error"),
                ("POST", Self.transcriptions, [:], 429, "rate_limited", "rate_limit_error"),
            ]
            for (method, path, fields, status, code, type) in cases {
                let answer = try await client.request(method, path, fields)
                #expect(answer.status == status)
                let error = try error(answer)
                #expect(error["code"] as? String == code && error["type"] as? String == type)
                #expect((error["message"] as? String)?.isEmpty == false)
                #expect(answer.fields["www-authenticate"] == (status == 401 ? "Bearer" : nil))
            }
            await client.leave()
        }
    }

    @Test func serverWithoutModelSaysSoInTheEnvelopeOfTheRoute() async throws {
        let (endless, end) = AsyncStream.makeStream(of: Void.self)
        defer { end.finish() }
        let listening = AsyncStream.makeStream(of: Int.self)
        var settings = ServerSettings()
        settings.port = 0
        let server = try Server(
            settings, handlesSignals: false, logger: .quiet, onListening: { listening.continuation.yield($0) },
            load: {
                for await _ in endless {}
                throw CancellationError()
            })
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                var ports = listening.stream.makeAsyncIterator()
                var client = try await WireClient(port: try #require(await ports.next()))
                let answer = try await client.request("POST", Self.transcriptions)
                #expect(answer.status == 503)
                #expect(try error(answer)["code"] as? String == "initializing")
                await client.leave()
                await server.drain()
                try await group.waitForAll()
            }
        }
    }

    @Test func namesOfOtherSitesAreRefused() async throws {
        let log = LogRecord()
        let url = PublicURL("https://speech.example.org/stt/")
        try await RunningServer.use({ $0.publicURL = url }, logger: log.logger) { port, _ in
            var client = try await WireClient(port: port)
            for path in ["/", "/v1/models", "/nope"] {
                let answer = try await client.request("GET", path, ["Host": "evil.example:\(port)"])
                #expect(answer.status == 403 && answer.body.contains(#""code":"host_denied""#))
            }
            // A probe names its target as it likes.
            #expect(try await client.request("GET", "/health", ["Host": "evil.example"]).status == 200)
            let page = ["Host": "speech.example.org", "Origin": "https://speech.example.org"]
            let answer = try await client.request("GET", "/v1/models", page)
            #expect(answer.status == 200)
            #expect(answer.fields["access-control-allow-origin"] == "https://speech.example.org")
            await client.leave()
        }
        #expect(
            log.lines.contains {
                $0.hasPrefix("warning request rejected: host name not allowed") && $0.contains("path=/nope")
                    && $0.contains("host=evil.example")
            })
    }

    @Test func traceAndClientBehindAProxyAreInTheLog() async throws {
        let log = LogRecord()
        try await RunningServer.use({ $0.trustsProxy = true }, logger: log.logger) { port, _ in
            var client = try await WireClient(port: port)
            let fields = ["traceparent": TraceParentTests.example, "X-Forwarded-For": "2001:db8::7"]
            let answer = try await client.request("GET", "/v1/models", fields)
            #expect(answer.fields["traceparent"] == TraceParentTests.example)
            let foreign = ["traceparent": "00-x", "Origin": "https://evil.example"]
            let strange = try await client.request("GET", "/v1/models", foreign)
            #expect(strange.status == 403 && strange.fields["traceparent"] == nil)
            await client.leave()
        }
        let requests = log.lines.filter { $0.hasPrefix("info request ") }
        #expect(requests.count == 2)
        #expect(requests.first?.contains("client=2001:db8::7") == true)
        #expect(requests.first?.contains("peer=127.0.0.1") == true)
        #expect(requests.first?.contains("trace_id=4bf92f3577b34da6a3ce929d0e0e4736") == true)
        #expect(requests.last?.contains("trace_id") == false && requests.last?.contains("client=") == false)
        #expect(
            log.lines.contains {
                $0.hasPrefix("warning request rejected: origin not allowed origin=https://evil.example path=/v1/models")
            })
    }

    @Test func clientThatLeavesIsNoFailureOfTheServer() async throws {
        let (held, log) = (try await HeldRecognizer(), LogRecord())
        let recognizer = held.recognizer
        let body = try Speech.file("06_")
        try await RunningServer.serve(
            { $0.metrics = ListenAddress("127.0.0.1:0") }, logger: log.logger, load: { recognizer }
        ) { address, server in
            await held.hold()
            let client = try await WireClient(port: address.port)
            let head = "POST /v1/transcribe HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.count)\r\n\r\n"
            try await client.send(raw: Array(head.utf8) + body)
            // The recording waits for the only worker, which is held.
            while recognizer.queueStatistics.lanes.file.waiting == 0 { await Task.yield() }
            await client.leave()
            let name = #"gigastt_http_requests_total{method="POST",path="/v1/transcribe",status="499"}"#
            _ = try await Scrape.until(address) { $0[name] == 1 }
            held.letGo()
        }
        #expect(log.lines.contains { $0.hasPrefix("info request ") && $0.contains("status=499") })
        #expect(!log.lines.contains { $0.contains("status=500") || $0.hasPrefix("error") })
    }
}

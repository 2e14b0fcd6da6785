import GigaSTT
import HTTPTypes
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct MetricsListenerTests {
    @Test func listenerAnswersOnePathOnItsOwnPort() async throws {
        try await RunningServer.serveWithMetrics { address, _ in
            let port = try #require(address.metricsPort)
            #expect(port != address.port)
            var client = try await WireClient(port: port)
            let page = try await client.request("GET", "/metrics?x=1")
            #expect(page.status == 200)
            #expect(page.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(page.fields["x-request-id"]?.isEmpty == false)
            #expect(page.body.contains("# TYPE gigastt_http_requests_total counter\n"))
            let head = try await client.request("HEAD", "/metrics")
            #expect(head.status == 200 && head.body.isEmpty && head.fields["content-length"] != "0")
            let post = try await client.request("POST", "/metrics")
            #expect(post.status == 405 && post.fields["allow"] == "GET, HEAD")
            for path in ["/", "/metrics/", "/health", "/v1/models"] {
                #expect(try await client.request("GET", path).status == 404)
            }
            await client.leave()
            var main = try await WireClient(port: address.port)
            #expect(try await main.request("GET", "/metrics").status == 404)
            await main.leave()
        }
    }

    @Test func listenerStaysWhileTheServerDrains() async throws {
        let stream = ScriptedStream(.wait)
        try await RunningServer.serveWithMetrics({ $0.drainTimeout = .seconds(30) }, open: { _, _ in stream }) {
            address, server in
            let client = try await WireClient.live(port: address.port)
            try await client.send(binary: [UInt8](repeating: 1, count: 32_000))
            await stream.isFed.wait()
            await server.drain()
            // The session is still there, and so is who watches it.
            _ = try await Scrape.until(address) { $0["gigastt_live_streams"] == 1 }
            await client.leave()
            await stream.cancelled.wait()
        }
    }

    @Test func takenPortIsNamed() async throws {
        try await RunningServer.serveWithMetrics { address, _ in
            let port = try #require(address.metricsPort)
            var settings = ServerSettings()
            settings.port = 0
            settings.metrics = ListenAddress("127.0.0.1:\(port)")
            let server = try Server(settings, handlesSignals: false, logger: .quiet) {
                try await RunningServer.recognizer(workers: 1)
            }
            let error = await #expect(throws: ServerError.self) { try await mustEnd { try await server.run() } }
            #expect(error?.code == .addressUnusable)
            #expect(error?.message.hasPrefix("Failed to bind metrics listener on 127.0.0.1:\(port)") == true)
        }
    }

    @Test func scrapeNeedsTheKeyForItAndRevealsNoOther() async throws {
        let (keys, log) = (try KeyFile(), LogRecord())
        try await RunningServer.serve(
            {
                $0.metrics = ListenAddress("127.0.0.1:0")
                $0.apiKeyFile = keys.path
            }, logger: log.logger
        ) { address, server in
            var client = try await WireClient(port: try #require(address.metricsPort))
            let none = try await client.request("GET", "/metrics")
            let other = try await client.request("GET", "/metrics", ["X-API-Key": KeyFile.speaker])
            #expect(none.status == 401 && other.status == 401 && none.body == other.body)
            let right = try await client.request("GET", "/metrics", ["Authorization": "Bearer \(KeyFile.metrics)"])
            #expect(right.status == 200)
            #expect(right.body.contains("gigastt_auth_failures_total 2\n"))
            #expect(try await client.request("GET", "/other").status == 404)
            await client.leave()
        }
        #expect(log.lines.count { $0.hasPrefix("notice request rejected: invalid API key") } == 2)
        #expect(
            log.lines.contains {
                $0.hasPrefix("info request") && $0.contains("path=/metrics ") && $0.contains("status=401")
            })
        #expect(log.lines.contains { $0.hasPrefix("debug request") && $0.contains("key.name=metrics") })
    }

    @Test func guessesOnThePortAreLimited() async throws {
        let keys = try KeyFile()
        try await RunningServer.serveWithMetrics({
            $0.apiKeyFile = keys.path
            $0.rateLimit = RateLimit(perMinute: 1, burst: 3)
        }) { address, server in
            var client = try await WireClient(port: try #require(address.metricsPort))
            let right = ["X-API-Key": KeyFile.metrics]
            for _ in 0..<10 { #expect(try await client.request("GET", "/metrics", right).status == 200) }
            for number in 0..<5 {
                let guess = ["X-API-Key": "guess-number-\(1_000 + number)"]
                #expect(try await client.request("GET", "/metrics", guess).status == (number < 3 ? 401 : 429))
            }
            #expect(server.access.limiter.refusalCount == 2)
            await client.leave()
        }
    }

    @Test func metricsNeedNoKeyWhereTheOperatorSaysSo() async throws {
        let keys = try KeyFile()
        try await RunningServer.serveWithMetrics({
            $0.apiKeyFile = keys.path
            $0.metricsWithoutKey = true
        }) { address, _ in
            var client = try await WireClient(port: try #require(address.metricsPort))
            #expect(try await client.request("GET", "/metrics").status == 200)
            await client.leave()
            var main = try await WireClient(port: address.port)
            #expect(try await main.request("GET", "/v1/models").status == 401)
            await main.leave()
        }
    }

    @Test func metricsAreEncryptedLikeTheServer() async throws {
        let certificate = try await TestCertificate()
        try await RunningServer.serveWithMetrics({ $0.tls = certificate.files }) { address, _ in
            let port = try #require(address.metricsPort)
            var client = try await WireClient(port: port, tls: certificate.trust())
            #expect(try await client.request("GET", "/metrics").status == 200)
            await client.leave()
            var plain = try await WireClient(port: port)
            #expect(try await plain.request("GET", "/metrics").status == 400)
            await plain.leave()
        }
    }
}

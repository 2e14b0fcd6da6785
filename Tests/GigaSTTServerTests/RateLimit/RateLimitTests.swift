import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct RateLimitTests {
    /// Three requests at once and one a minute later: later than any test lasts.
    private static let limit = RateLimit(perMinute: 1, burst: 3)

    @Test func requestsBeyondTheBurstAreRefused() async throws {
        try await RunningServer.use({ $0.rateLimit = Self.limit }) { port, server in
            var client = try await WireClient(port: port)
            for _ in 0..<20 { #expect(try await client.request("GET", "/health").status == 200) }
            // A page of another origin costs nothing, a question and an unknown path do.
            for _ in 0..<5 {
                #expect(try await client.request("GET", "/v1/x", ["Origin": "https://evil.example"]).status == 403)
            }
            #expect(try await client.request("OPTIONS", "/v1/models").status == 204)
            #expect(try await client.request("GET", "/nope").status == 404)
            #expect(try await client.request("GET", "/v1/models").status == 200)
            let refusal = try await client.request("GET", "/v1/models", ["Origin": "http://localhost"])
            #expect(refusal.status == 429 && refusal.fields["retry-after"] == "60")
            #expect(
                refusal.body == #"{"error":"Too many requests","code":"rate_limited","retry_after_ms":60000}"#)
            #expect(refusal.fields["access-control-allow-origin"] == "http://localhost")
            #expect(try await client.request("POST", "/v1/transcribe", body: [1, 2, 3]).status == 429)
            #expect(try await client.request("GET", "/ready").status == 200)
            #expect(try await client.request("GET", "/v1/admin/reload").status != 429)
            let upgrade = try await client.request("GET", "/v1/ws", WireClient.upgradeFields)
            #expect(upgrade.status == 429 && upgrade.fields["connection"] == "close")
            #expect(server.access.limiter.refusalCount == 3)
        }
    }

    @Test func proxyTellsWhoseRequestsTheyAre() async throws {
        try await RunningServer.use({
            $0.rateLimit = Self.limit
            $0.trustsProxy = true
        }) { port, _ in
            var client = try await WireClient(port: port)
            for address in ["1.2.3.4", "1.2.3.5, 1.2.3.4", "2001:db8::1"] {
                for number in 0..<4 {
                    let answer = try await client.request("GET", "/v1/models", ["X-Forwarded-For": address])
                    #expect(answer.status == (number < 3 ? 200 : 429), "\(address)")
                }
            }
            await client.leave()
        }
    }

    @Test func headersOfStrangersAreNotBelieved() async throws {
        try await RunningServer.use({ $0.rateLimit = Self.limit }) { port, _ in
            var client = try await WireClient(port: port)
            for number in 0..<4 {
                let answer = try await client.request("GET", "/v1/models", ["X-Forwarded-For": "1.2.3.\(number)"])
                #expect(answer.status == (number < 3 ? 200 : 429))
            }
            await client.leave()
        }
    }

    @Test func guessingAKeyCostsAlsoWhereNothingElseDoes() async throws {
        let file = try KeyFile()
        try await RunningServer.use({
            $0.rateLimit = Self.limit
            $0.apiKeyFile = file.path
        }) { port, _ in
            var client = try await WireClient(port: port)
            for _ in 0..<10 {
                let fields = ["X-API-Key": KeyFile.admin]
                let answer = try await client.request("GET", "/v1/admin/reload", fields)
                #expect(![401, 403, 429].contains(answer.status))
            }
            for number in 0..<4 {
                let fields = ["X-API-Key": "guess-number-\(1_000 + number)"]
                let answer = try await client.request("POST", "/v1/admin/reload", fields)
                #expect(answer.status == (number < 3 ? 401 : 429))
            }
            #expect(try await client.request("GET", "/v1/models", ["X-API-Key": KeyFile.speaker]).status == 429)
            await client.leave()
        }
    }

    @Test func limitIsSwitchedOnAndOffWhileTheServerRuns() async throws {
        try await RunningServer.use { port, server in
            var client = try await WireClient(port: port)
            for _ in 0..<20 { #expect(try await client.request("GET", "/v1/models").status == 200) }
            server.access.limiter.replace(RateLimit(perMinute: 1, burst: 1))
            #expect(try await client.request("GET", "/v1/models").status == 200)
            #expect(try await client.request("GET", "/v1/models").status == 429)
            server.access.limiter.replace(RateLimit())
            #expect(try await client.request("GET", "/v1/models").status == 200)
            await client.leave()
        }
    }

    @Test func limitUnderWhichNothingIsAllowedDoesNotStart() async throws {
        var settings = ServerSettings()
        settings.rateLimit = RateLimit(perMinute: 1, burst: 0)
        let error = #expect(throws: ServerError.self) {
            try Server(settings, handlesSignals: false, logger: .quiet, load: { throw CancellationError() })
        }
        #expect(error?.code == .settingInvalid)
    }
}

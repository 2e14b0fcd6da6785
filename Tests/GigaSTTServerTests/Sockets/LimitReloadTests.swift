import Synchronization
import Testing

@testable import GigaSTTServer

@Suite struct LimitReloadTests {
    @Test func limitsAreReplacedForWhatBeginsLaterAndStayWhenTheyMakeNoSense() async throws {
        let next = Mutex<ServerSettings?>(nil)
        let reread: @Sendable () throws -> ServerSettings = {
            guard let settings = next.withLock({ $0 }) else { throw ServerError(.fileUnusable, "No.") }
            return settings
        }
        try await RunningServer.use({ $0.bodyByteLimit = 1_000 }, reread: reread) { port, server in
            var client = try await WireClient(port: port)
            var old = try await WireClient.live(port: port)
            #expect(try await client.request("POST", "/v1/transcribe", body: Self.body).status == 413)
            await server.reload()
            #expect(try await client.request("POST", "/v1/transcribe", body: Self.body).status == 413)

            var settings = ServerSettings()
            settings.bodyByteLimit = 3_000
            settings.session.maximumDuration = .seconds(77)
            settings.session.messageByteLimit = 200
            settings.host = "0.0.0.0"
            next.withLock { [settings] in $0 = settings }
            await server.reload()
            // Larger than before, over the connection of before.
            #expect(try await client.request("POST", "/v1/transcribe", body: Self.body).status == 422)
            var new = try await WireClient(port: port)
            try await new.upgrade()
            #expect(try await new.message()["max_session_secs"] as? Int == 77)
            try await new.send(binary: [UInt8](repeating: 0, count: 201))
            #expect(try await new.rest().last?.hasPrefix("close 1009") == true)
            // The session of before has its own limits still.
            try await old.send(text: Speech.configure)
            try await old.send(binary: [UInt8](repeating: 0, count: 2_000))
            try await old.send(text: Speech.stop)
            #expect(try await old.rest() == ["final: ", "close 1000 "])
        }
    }

    @Test func ratesAreSwitchedOnAndOff() async throws {
        let next = Mutex(RateLimit())
        let reread: @Sendable () throws -> ServerSettings = {
            var settings = ServerSettings()
            settings.rateLimit = next.withLock { $0 }
            return settings
        }
        try await RunningServer.use(reread: reread) { port, server in
            var client = try await WireClient(port: port)
            for (limit, expected) in [
                (RateLimit(perMinute: 1, burst: 1), [200, 429, 429]),
                (RateLimit(perMinute: 1, burst: 2), [200, 200, 429]),
                // Makes no sense: what was before stays, buckets included.
                (RateLimit(perMinute: 1, burst: 0), [429, 429, 429]), (RateLimit(), [200, 200, 200]),
            ] {
                next.withLock { $0 = limit }
                await server.reload()
                var seen: [Int] = []
                for _ in 0..<3 { seen.append(try await client.request("GET", "/v1/models").status) }
                #expect(seen == expected)
            }
        }
    }

    @Test func valuesOutsideTheirRangeAreMovedOnAReloadToo() {
        var settings = ServerSettings()
        settings.queueTimeout = .zero
        settings.inferenceTimeout = .seconds(-1)
        settings.maximumAudioDuration = .seconds(-1)
        settings.lameDuck = .seconds(86_400)
        let (adjusted, warnings) = settings.clamped()
        #expect(adjusted.queueTimeout == .seconds(1) && adjusted.inferenceTimeout == .zero)
        #expect(adjusted.maximumAudioDuration == .zero && adjusted.lameDuck == .seconds(3_600))
        #expect(warnings.count == 4 && warnings.contains { $0.contains("pool-checkout-timeout-secs") })
    }

    private static let body = [UInt8](repeating: 1, count: 2_000)
}

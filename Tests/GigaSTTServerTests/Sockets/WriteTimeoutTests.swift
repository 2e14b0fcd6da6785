import GigaSTT
import Testing

@testable import GigaSTTServer

/// Clients that never read: the time-out of writes is the event loop's.
@Suite struct WriteTimeoutTests {
    @Test func clientThatNeverReadsItsAnswersIsCutOff() async throws {
        try await RunningServer.use({ $0.session.writeTimeout = .milliseconds(300) }) { port, _ in
            let client = try await WireClient(port: port, reads: false)
            let requests = Array(
                Array(repeating: Array("GET /v1/models HTTP/1.1\r\nHost: t\r\n\r\n".utf8), count: 500).joined())
            var sentByteCount = 0
            while sentByteCount < 200 << 20, (try? await client.send(raw: requests)) != nil {
                sentByteCount += requests.count
            }
            #expect(sentByteCount < 200 << 20)
        }
    }

    @Test func clientThatNeverReadsIsCutOff() async throws {
        try await RunningServer.use({ $0.session.writeTimeout = .milliseconds(300) }) { port, _ in
            let client = try await WireClient(port: port, reads: false)
            let fields = WireClient.upgradeFields.map { "\($0): \($1)\r\n" }.joined()
            try await client.send(raw: Array("GET /v1/ws HTTP/1.1\r\nHost: t\r\n\(fields)\r\n".utf8))
            // Each ping asks for a pong that is never read. The server takes no more than it can answer.
            let pings = Array(repeating: WireClient.frame(9, .init(repeating: 7, count: 125)), count: 1_000).joined()
            var sentByteCount = 0
            while sentByteCount < 200 << 20, (try? await client.send(raw: Array(pings))) != nil {
                sentByteCount += pings.count
            }
            #expect(sentByteCount < 200 << 20)
            var other = try await WireClient(port: port)
            #expect(try await other.request("GET", "/health").status == 200)
            await other.leave()
        }
    }
}

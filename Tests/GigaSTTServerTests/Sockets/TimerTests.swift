import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct TimerTests {
    @Test func idleSessionEndsWithWhatWasSaid() async throws {
        try await RunningServer.use({ $0.session.idleTimeout = .seconds(2) }) { port, _ in
            var silent = try await WireClient.live(port: port)
            #expect(try await silent.rest() == ["idle_timeout", "close 1001 idle timeout"])
            var client = try await WireClient.live(port: port)
            // At once, so that no slow machine makes a pause of it.
            try await client.send(
                raw: WireClient.frame(1, Array(Speech.configure.utf8)) + WireClient.frame(2, try Speech.bytes("06_")))
            let log = try await client.rest()
            #expect(log.count == 3 && log.first == "idle_timeout" && log.last == "close 1001 idle timeout")
            #expect(log.count == 3 && log[1].count > "final: ".count)
        }
    }

    @Test func longSessionEndsWithAFinal() async throws {
        try await RunningServer.use({ $0.session.lengthLimit = .seconds(1) }) { port, _ in
            var client = try await WireClient.live(port: port)
            #expect(
                try await client.rest()
                    == ["max_session_duration_exceeded", "final: ", "close 1008 max session duration"])
        }
    }

    @Test func deadClientIsFoundByPings() async throws {
        try await RunningServer.use({
            $0.session.pingInterval = .milliseconds(50)
            $0.session.idleTimeout = .seconds(20)
        }) { port, _ in
            var dead = try await WireClient.live(port: port)
            #expect(try await dead.frame() == .init(opcode: 9, content: []))
            #expect(try await dead.frame() == .init(opcode: 9, content: []))
            #expect(try await dead.frame().close == "1001 ping timeout")
        }
        try await RunningServer.use({ $0.session.pingInterval = .milliseconds(500) }) { port, _ in
            var living = try await WireClient.live(port: port)
            for _ in 0..<4 {
                #expect(try await living.frame().opcode == 9)
                try await living.send(opcode: 10, [])
            }
            await living.leave()
        }
    }

    @Test func clientThatNeverReadsItsAnswersIsCutOff() async throws {
        try await RunningServer.use({ $0.session.writeTimeout = .milliseconds(300) }) { port, _ in
            let client = try await WireClient(port: port, reads: false)
            let requests = Array(Array(repeating: Array("GET /v1/models HTTP/1.1\r\n\r\n".utf8), count: 500).joined())
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
            // Each ping asks for a pong that nobody reads. The server takes no more than it can answer.
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

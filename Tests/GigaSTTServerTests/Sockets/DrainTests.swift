import GigaSTT
import Logging
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct DrainTests {
    @Test func everySessionSaysItsLastWords() async throws {
        try await RunningServer.use { port, server in
            let speech = try Speech.bytes("06_")
            let expected = try await RunningServer.expected("06_").text
            try await withThrowingTaskGroup(of: (text: String, log: [String]).self) { group in
                let (opened, arrival) = AsyncStream.makeStream(of: Void.self)
                for index in 0..<20 {
                    group.addTask {
                        var client = try await WireClient.live(port: port)
                        if index > 0 {
                            try await client.send(text: Speech.configure)
                            try await client.send(binary: speech)
                        }
                        arrival.yield()
                        return (index > 0 ? expected : "", try await client.rest())
                    }
                }
                var count = 0
                for await _ in opened {
                    count += 1
                    if count == 20 { break }
                }
                await server.drain()
                for try await (text, log) in group {
                    #expect(log.finalText == text && log.last == "close 1001 server shutdown")
                    #expect(log.first?.hasPrefix("final: ") == true)
                }
            }
        }
    }

    @Test func idleConnectionsDoNotHoldUpTheEnd() async throws {
        // Held up, it would end in an hour.
        try await RunningServer.use({ $0.drainTimeout = .seconds(3_600) }) { port, server in
            var (silent, kept) = (try await WireClient(port: port), try await WireClient(port: port))
            #expect(try await kept.request("GET", "/health").status == 200)
            await server.drain()
            #expect(try await silent.rest() == [])
            #expect(try await kept.rest() == [])
        }
    }

    @Test func twoHundredIdleSessionsAreHeldAndDismissed() async throws {
        try await RunningServer.use { port, server in
            var clients: [WireClient] = []
            for _ in 0..<200 { clients.append(try await WireClient.live(port: port)) }
            var other = try await WireClient(port: port)
            #expect(try await other.request("GET", "/ready").status == 200)
            await server.drain()
            for index in clients.indices {
                #expect(try await clients[index].rest() == ["final: ", "close 1001 server shutdown"])
            }
        }
    }

    @Test func newConnectionsSeeForAWhileThatTheServerStops() async throws {
        try await RunningServer.use({ $0.lameDuck = .seconds(1) }) { port, server in
            var session = try await WireClient.live(port: port)
            await server.drain()
            var probe = try await WireClient(port: port)
            var answer = try await probe.request("GET", "/ready")
            // The signal and the first probe may cross.
            while answer.status == 200 { answer = try await probe.request("GET", "/ready") }
            #expect(answer.status == 503 && answer.body.contains(#""reason":"shutting_down""#))
            var late = try await WireClient(port: port)
            #expect(try await late.request("GET", "/v1/ws", WireClient.upgradeFields).status == 503)
            try await session.send(opcode: 9, [])
            #expect(try await session.frame().opcode == 10)
            #expect(try await session.rest() == ["final: ", "close 1001 server shutdown"])
        }
    }

    @Test func serverThatCannotLoadItsModelEndsWithTheReason() async throws {
        var settings = ServerSettings()
        settings.port = 0
        let failure = GigaSTTError(.modelMissing, "There is none.")
        let server = try Server(settings, handlesSignals: false, logger: .quiet) { throw failure }
        let error = await #expect(throws: GigaSTTError.self) { try await mustEnd { try await server.run() } }
        #expect(error?.code == .modelMissing)
    }

    @Test func serverWhoseModelLoadsButDoesNotRunNeverGetsReady() async throws {
        var settings = ServerSettings()
        settings.port = 0
        let isReady = Moment()
        let server = try Server(
            settings, handlesSignals: false, logger: .quiet, onReady: { _ in isReady.come() },
            load: {
                let recognizer = try await RunningServer.recognizer(workers: 1)
                // From now on nothing runs on it.
                await recognizer.shutDown()
                return recognizer
            })
        let error = await #expect(throws: GigaSTTError.self) { try await mustEnd { try await server.run() } }
        #expect(error?.code == .shuttingDown && !isReady.hasCome)
    }

    @Test func takenPortIsNamed() async throws {
        try await RunningServer.use { port, _ in
            var settings = ServerSettings()
            settings.port = port
            let server = try Server(settings, handlesSignals: false, logger: .quiet) {
                try await RunningServer.recognizer(workers: 1)
            }
            let error = await #expect(throws: ServerError.self) { try await server.run() }
            #expect(error?.code == .addressUnusable && error?.message.contains("127.0.0.1:\(port)") == true)
            #expect(error?.message.contains(": Address already in use. Choose") == true)
            settings.host = "bogus.invalid"
            settings.allowsNonLoopback = true
            let other = try Server(settings, handlesSignals: false, logger: .quiet) {
                try await RunningServer.recognizer(workers: 1)
            }
            let unknown = await #expect(throws: ServerError.self) { try await other.run() }
            #expect(unknown?.code == .addressUnusable && unknown?.message.contains("cannot be resolved") == true)
        }
    }
}

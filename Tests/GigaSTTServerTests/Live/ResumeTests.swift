import Foundation
import GigaSTT
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

extension ResumingClient {
    /// Sends what the server has not received of the end.
    fileprivate mutating func stopAgain(behind recording: [UInt8]) async throws {
        guard textCount < 2 else { return }
        _ = try await send(recording, upTo: recording.count)
        try await send(text: Speech.stop)
    }
}

/// A session goes on after its connection was cut, with nothing lost and nothing twice.
@Suite struct ResumeTests {
    private static let refused = ["session_unknown", "close 1008 resume refused"]

    /// Cuts at random places, while the client has read some of the messages; now and then the old connection stays open.
    @Test func textIsThatOfTheFileWhereverTheConnectionIsCut() async throws {
        let expected = try await RunningServer.expected("11_").text
        let recording = try Speech.bytes("11_")
        try await RunningServer.use { port, _ in
            for seed in 0..<8 {
                var random = SeededRandom(UInt64(seed))
                var client = try await ResumingClient(port: port)
                var old: [WireClient] = []
                var cuts = random.within(1...4)
                while try await client.send(recording, upTo: random.within(1...recording.count / 3)) || cuts > 0 {
                    if random.within(0...2) == 0 { continue }
                    for _ in 0..<random.within(0...9) where client.mayRead { try await client.read() }
                    if random.within(0...2) == 0 { old.append(client.wire) } else { await client.wire.leave() }
                    try await client.resume()
                    cuts -= 1
                }
                try await client.send(text: Speech.stop)
                if random.within(0...1) == 0 {
                    await client.wire.leave()
                    try await client.resume()
                    try await client.stopAgain(behind: recording)
                }
                #expect(try await client.readAll() == "1000 ", "seed \(seed)")
                #expect(client.finals.filter { !$0.isEmpty }.joined(separator: " ") == expected, "seed \(seed)")
                for connection in old { await connection.leave() }
            }
        }
    }

    /// The last messages, the close frame or nothing of them got through.
    @Test(arguments: [0, 1, 2]) func clientComesForTheEndOfASessionThatHasEnded(readCount: Int) async throws {
        let expected = try await RunningServer.expected("06_").text
        let recording = try Speech.bytes("06_")
        try await RunningServer.use { port, _ in
            var client = try await ResumingClient(port: port)
            _ = try await client.send(recording, upTo: recording.count)
            try await client.send(text: Speech.stop)
            if readCount == 2 {
                #expect(try await client.readAll() == "1000 ")
            } else if readCount == 1 {
                while client.finals.isEmpty { try await client.read() }
            }
            await client.wire.leave()
            // Twice: the first answer may be lost, too.
            for _ in 0..<2 {
                var again = client
                try await again.resume()
                try await again.stopAgain(behind: recording)
                #expect(try await again.readAll() == "1000 ")
                #expect(again.finals.filter { !$0.isEmpty }.joined(separator: " ") == expected)
            }
        }
    }

    @Test func newerConnectionWins() async throws {
        let expected = try await RunningServer.expected("06_").text
        let recording = try Speech.bytes("06_")
        try await RunningServer.use { port, _ in
            var client = try await ResumingClient(port: port)
            _ = try await client.send(recording, upTo: recording.count / 2)
            var first = client.wire
            try await client.resume()
            #expect(try await first.rest().last == "close 1008 resumed elsewhere")
            _ = try await client.send(recording, upTo: recording.count)
            try await client.send(text: Speech.stop)
            #expect(try await client.readAll() == "1000 ")
            #expect(client.finals.filter { !$0.isEmpty }.joined(separator: " ") == expected)
        }
    }

    @Test func tokensOpenNothingElse() async throws {
        let keys = try KeyFile("first transcribe key-of-the-first-1\nsecond transcribe key-of-the-second-1\n")
        try await RunningServer.use({ $0.apiKeyFile = keys.path }) { port, _ in
            let (first, second) = (["X-API-Key": "key-of-the-first-1"], ["X-API-Key": "key-of-the-second-1"])
            var client = try await ResumingClient(port: port, fields: first)
            #expect(client.token.count == 64)
            await client.wire.leave()
            let own = "gigastt.resume.\(client.token)"
            #expect(try await client.refusal("\(own).1", fields: second) == Self.refused)
            #expect(try await client.refusal("\(own).1", fields: [:]) == ["refused"])
            let wrong = String(client.token.reversed())
            let malformed = [own, "\(own).", "\(own).x", "\(own).-1", "\(own).1.1", "gigastt.resume."]
            for wish in ["gigastt.resume.\(wrong).1"] + malformed {
                #expect(try await client.refusal(wish) == Self.refused, "\(wish)")
            }
            try await client.resume()
            try await client.send(text: Speech.stop)
            #expect(try await client.readAll() == "1000 ")
            #expect(client.finals == [""])
        }
    }

    @Test func sessionThatIsNotResumedEndsAndGivesItsPlaceBack() async throws {
        try await RunningServer.use({
            $0.session.resumeWindow = .milliseconds(1)
            $0.budget.sessions.total = 1
        }) { port, server in
            var wire = try await WireClient.live(port: port)
            try await wire.send(text: #"{"type":"configure","resume":true}"#)
            let token = try #require(try await wire.message()["token"] as? String)
            await wire.leave()
            await server.budget.wait { $0.usage(of: .sessions).used == 0 }
            var late = try await WireClient(port: port)
            let fields = ["Sec-WebSocket-Protocol": "gigastt.resume.\(token).1"]
            let answer = try await late.request("GET", "/v1/ws", WireClient.upgradeFields.merging(fields) { $1 })
            #expect(answer.status == 101)
            #expect(try await late.rest() == Self.refused)
        }
    }

    /// The session that waits holds its place, and its client needs no second one to go on.
    @Test func oneSessionIsEnoughToResume() async throws {
        try await RunningServer.use({ $0.budget.sessions.total = 1 }) { port, server in
            var client = try await ResumingClient(port: port)
            await client.wire.leave()
            try await client.resume()
            #expect(server.budget.usage(of: .sessions).used == 1)
            try await client.send(text: Speech.stop)
            #expect(try await client.readAll() == "1000 ")
        }
    }

    @Test func sessionsThatWaitAreCounted() async throws {
        let outcome = #"gigastt_suspensions_total{outcome="#
        let stopped = Mutex<Server?>(nil)
        try await RunningServer.serveWithMetrics { address, server in
            var client = try await ResumingClient(port: address.port)
            await client.wire.leave()
            _ = try await Scrape.until(address) { $0["gigastt_suspended_sessions"] == 1 }
            try await client.resume()
            let resumed = try await Scrape(address)
            #expect(resumed["gigastt_suspended_sessions"] == 0 && resumed[outcome + #""resumed"}"#] == 1)
            await client.wire.leave()
            _ = try await Scrape.until(address) { $0["gigastt_suspended_sessions"] == 1 }
            stopped.withLock { $0 = server }
        }
        let ended = Scrape(try #require(stopped.withLock { $0 }))
        #expect(ended[outcome + #""ended"}"#] == 1)
        #expect(ended["gigastt_suspended_sessions"] == 0 && !ended.holds("expired"))
    }

    /// The window is over at once, or there is no room for a second session that waits.
    @Test(arguments: ["expired", "refused"]) func sessionsThatAreLostAreCounted(outcome: String) async throws {
        let waiting = outcome == "refused" ? 1 : 0
        try await RunningServer.serveWithMetrics({
            $0.session.suspendedLimit = 1
            if outcome == "expired" { $0.session.resumeWindow = .milliseconds(1) }
        }) { address, _ in
            for _ in 0...waiting {
                var wire = try await WireClient.live(port: address.port)
                try await wire.send(text: #"{"type":"configure","resume":true}"#)
                #expect(try await wire.message()["type"] as? String == "resumable")
                await wire.leave()
            }
            let name = #"gigastt_suspensions_total{outcome="\#(outcome)"}"#
            let scrape = try await Scrape.until(address) { $0[name] == 1 }
            #expect(scrape["gigastt_suspended_sessions"] == Double(waiting))
        }
    }

    @Test func serverMayResumeNothing() async throws {
        try await RunningServer.use({ $0.session.resumeWindow = .zero }) { port, _ in
            var wire = try await WireClient.live(port: port)
            try await wire.send(text: #"{"type":"configure","sample_rate":16000,"resume":true}"#)
            try await wire.send(text: Speech.stop)
            #expect(try await wire.rest() == ["resume_unavailable", "final: ", "close 1000 "])
        }
    }

    /// Whether or not the server has noticed that the client is gone.
    @Test func shutdownEndsASessionWithoutAConnectionWithItsLastFinal() async throws {
        let recording = try Speech.bytes("06_")
        let record = LogRecord()
        try await RunningServer.use(logger: record.logger) { port, _ in
            var client = try await ResumingClient(port: port)
            _ = try await client.send(recording, upTo: recording.count)
            // Everything has arrived.
            while client.acknowledgedCount + 32_000 <= recording.count { try await client.read() }
            await client.wire.leave()
        }
        let line = try #require(record.lines.first { $0.hasPrefix("info live session ended") })
        #expect(line.contains("reason=server shutdown") && !line.contains(" words=0"))
    }

    @Test func shutdownReachesTheConnectionThatResumed() async throws {
        let expected = try await RunningServer.expected("06_").text
        let recording = try Speech.bytes("06_")
        try await RunningServer.use { port, server in
            var client = try await ResumingClient(port: port)
            _ = try await client.send(recording, upTo: recording.count / 2)
            await client.wire.leave()
            try await client.resume()
            _ = try await client.send(recording, upTo: recording.count)
            await server.drain()
            #expect(try await client.readAll() == "1001 server shutdown")
            #expect(client.finals.filter { !$0.isEmpty }.joined(separator: " ") == expected)
        }
    }
}

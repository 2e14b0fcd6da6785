import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Places of live sessions, and the bytes of their messages.
@Suite struct SessionBudgetTests {
    private static let one: @Sendable (inout ServerSettings) -> Void = {
        $0.budget.sessions = .init(total: 1)
        $0.queueTimeout = .seconds(60)
    }

    @Test func sessionWaitsForItsPlaceBeforeReady() async throws {
        try await RunningServer.use(Self.one) { port, server in
            var first = try await WireClient.live(port: port)
            var second = try await WireClient(port: port)
            try await second.upgrade()
            // What comes early counts.
            try await second.send(text: Speech.configure)
            try await second.send(text: Speech.stop)
            await server.wait(forWaiting: 1, of: .sessions)
            try await first.send(text: Speech.stop)
            #expect(try await first.rest() == ["final: ", "close 1000 "])
            #expect(try await second.message()["type"] as? String == "ready")
            #expect(try await second.rest() == ["final: ", "close 1000 "])
            await server.wait(for: 0, of: .sessions)
        }
    }

    @Test func sessionThatWaitsInVainIsRefused() async throws {
        try await RunningServer.use({
            $0.budget.sessions = .init(total: 1)
            $0.queueTimeout = .seconds(1)
        }) { port, server in
            let place = try server.budget.takeIfFree(.sessions, for: .key("other"))
            var client = try await WireClient(port: port)
            try await client.upgrade()
            let error = try await client.message()
            #expect(error["code"] as? String == "timeout" && error["retry_after_ms"] as? Int == 1_000)
            #expect(try await client.rest() == ["close 1013 try again later"])
            withExtendedLifetime(place) {}
        }
    }

    @Test func shutdownEndsTheWait() async throws {
        try await RunningServer.use(Self.one) { port, server in
            let place = try server.budget.takeIfFree(.sessions, for: .key("other"))
            var client = try await WireClient(port: port)
            try await client.upgrade()
            await server.wait(forWaiting: 1, of: .sessions)
            await server.drain()
            #expect(try await client.rest() == ["close 1001 server shutdown"])
            withExtendedLifetime(place) {}
        }
    }

    @Test func clientThatLeavesWaitsNoMore() async throws {
        try await RunningServer.use(Self.one) { port, server in
            let place = try server.budget.takeIfFree(.sessions, for: .key("other"))
            var client = try await WireClient(port: port)
            try await client.upgrade()
            await server.wait(forWaiting: 1, of: .sessions)
            await client.leave()
            await server.wait(forWaiting: 0, of: .sessions)
            withExtendedLifetime(place) {}
        }
    }

    @Test func eachClientHasItsOwnLimit() async throws {
        let file = try KeyFile()
        try await RunningServer.use({
            $0.apiKeyFile = file.path
            $0.budget.sessions = .init(total: 0, perClient: 1)
            $0.queueTimeout = .seconds(60)
        }) { port, server in
            let other = try server.budget.takeIfFree(.sessions, for: .key("other"))
            var client = try await WireClient(port: port)
            let fields = WireClient.upgradeFields.merging(["X-API-Key": KeyFile.speaker]) { $1 }
            #expect(try await client.request("GET", "/v1/ws", fields).status == 101)
            #expect(try await client.message()["type"] as? String == "ready")
            var second = try await WireClient(port: port)
            #expect(try await second.request("GET", "/v1/ws", fields).status == 101)
            await server.wait(forWaiting: 1, of: .sessions)
            await client.leave()
            #expect(try await second.message()["type"] as? String == "ready")
            await second.leave()
            withExtendedLifetime(other) {}
        }
    }

    private static let byteLimit = 400_000
    private static let bytes: @Sendable (inout ServerSettings) -> Void = {
        $0.bodyByteLimit = byteLimit
        $0.budget.bytes = .init(total: byteLimit)
    }

    /// Half a frame, and a message in fragments that does not end.
    @Test(arguments: [true, false]) func unfinishedMessagesAreCounted(isOneFrame: Bool) async throws {
        let content = [UInt8](repeating: 0, count: 300_000)
        try await RunningServer.use(Self.bytes) { port, server in
            let slow = try await WireClient.live(port: port)
            if isOneFrame {
                try await slow.send(raw: Array(WireClient.frame(2, content).prefix(1_000)))
            } else {
                for index in 0..<30 {
                    try await slow.send(opcode: index == 0 ? 2 : 0, .init(repeating: 0, count: 10_000), fin: false)
                }
            }
            await server.wait(for: content.count - InboundBytes.allowance, of: .bytes)
            // Usual messages do not need what is left, and a long one finds no room.
            var other = try await WireClient.live(port: port)
            try await other.send(binary: [UInt8](repeating: 0, count: 32_000))
            try await other.send(binary: content)
            #expect(try await other.rest().last == "close 1013 try again later")
            await slow.leave()
            await server.wait(for: 0, of: .bytes)
            var third = try await WireClient.live(port: port)
            try await third.send(binary: content)
            try await third.send(text: Speech.stop)
            #expect(try await third.rest().last == "close 1000 ")
            await server.wait(for: 0, of: .bytes)
        }
    }
}

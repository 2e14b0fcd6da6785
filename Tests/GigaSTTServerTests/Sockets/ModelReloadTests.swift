import Foundation
import GigaSTT
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct ModelReloadTests {
    /// Makes recognizers and knows which are still alive.
    private final class Maker: Sendable {
        private struct Weak: Sendable { weak let recognizer: Recognizer? }
        private let made = Mutex<[Weak]>([])
        private let onReload: @Sendable () async throws -> Void

        init(onReload: @escaping @Sendable () async throws -> Void = {}) { self.onReload = onReload }

        var aliveCount: Int { made.withLock { $0.count { $0.recognizer != nil } } }

        func make() async throws -> Recognizer {
            if made.withLock({ !$0.isEmpty }) { try await onReload() }
            let recognizer = try await RunningServer.recognizer(workers: 1)
            made.withLock { $0.append(Weak(recognizer: recognizer)) }
            return recognizer
        }
    }

    private static let path = "/v1/admin/reload"

    private static func reload(_ port: Int, soft: Bool = false) async throws -> WireClient.Answer {
        var client = try await WireClient(port: port)
        let answer = try await client.request("POST", path + (soft ? "?soft=true" : ""))
        await client.leave()
        return answer
    }

    private static func answer(soft: Bool = false, isDrained: Bool = true) -> String {
        #"{"reloaded":true,"variant":"rnnt","encoder":"int8","soft":\#(soft),"soft_drained":\#(isDrained)}"#
    }

    @Test func onlyTheNewestModelIsAlive() async throws {
        let maker = Maker()
        try await RunningServer.use(load: { try await maker.make() }) { port, _ in
            let first = try await Self.reload(port)
            #expect(first.status == 200 && first.body == Self.answer())
            for _ in 0..<4 { #expect(try await Self.reload(port, soft: true).body == Self.answer(soft: true)) }
            #expect(maker.aliveCount == 1)
            var client = try await WireClient(port: port)
            let body = [UInt8](try Data(contentsOf: Recordings.named("03").url))
            let answer = try await client.request("POST", "/v1/transcribe?format=txt", body: body)
            #expect(answer.status == 200 && !answer.body.isEmpty)
            await client.leave()
        }
    }

    @Test func sessionsEndWithTheModelTheyBeganWithAndOnlyAFewModelsAreKeptForThem() async throws {
        let maker = Maker()
        try await RunningServer.use({ $0.reloadDrain = .milliseconds(20) }, load: { try await maker.make() }) {
            port, _ in
            let speech = try Speech.bytes("06_")
            var sessions: [WireClient] = []
            for count in 1...ModelReload.retiredLimit {
                sessions.append(try await WireClient.live(port: port))
                try await sessions[count - 1].send(text: Speech.configure)
                try await sessions[count - 1].send(binary: speech)
                #expect(try await Self.reload(port, soft: true).body == Self.answer(soft: true, isDrained: false))
                #expect(maker.aliveCount == count + 1)
            }
            let refused = try await Self.reload(port)
            #expect(refused.status == 409 && refused.body.contains(#""code":"previous_models_in_use""#))
            for index in sessions.indices {
                try await sessions[index].send(text: Speech.stop)
                let log = try await sessions[index].rest()
                #expect(log.count == 2 && log.first != "final: " && log.last == "close 1000 ")
            }
            while maker.aliveCount > 1 { await Task.yield() }
            while try await Self.reload(port).status == 409 {}
        }
    }

    @Test func oneReloadAtATime() async throws {
        let (begun, goOn) = (Moment(), Moment())
        let maker = Maker {
            begun.come()
            await goOn.wait()
        }
        try await RunningServer.use(load: { try await maker.make() }) { port, _ in
            async let first = Self.reload(port)
            await begun.wait()
            let second = try await Self.reload(port)
            #expect(second.status == 409)
            #expect(
                second.body == #"{"error":"A model reload is already in progress","code":"reload_in_progress"}"#)
            goOn.come()
            #expect(try await first.status == 200)
        }
    }

    @Test func aModelThatCannotBeLoadedLeavesTheOldOne() async throws {
        let maker = Maker { throw GigaSTTError(.modelDamaged, "secret") }
        try await RunningServer.use(load: { try await maker.make() }) { port, _ in
            for _ in 0..<2 {
                let answer = try await Self.reload(port)
                #expect(answer.status == 503)
                #expect(
                    answer.body
                        == #"{"error":"Model reload failed; the previous model is still serving","code":"reload_failed"}"#
                )
            }
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.stop)
            #expect(try await client.rest() == ["final: ", "close 1000 "])
        }
    }

    @Test func aServerThatStopsTakesNoNewModel() async throws {
        let (begun, goOn) = (Moment(), Moment())
        let maker = Maker {
            begun.come()
            await goOn.wait()
        }
        try await RunningServer.use(load: { try await maker.make() }) { port, server in
            var idle = try await WireClient.live(port: port)
            async let answer = Self.reload(port)
            await begun.wait()
            await server.drain()
            // Said before connections end.
            #expect(try await idle.rest() == ["final: ", "close 1001 server shutdown"])
            goOn.come()
            #expect(try await answer.body.contains(#""code":"shutting_down""#))
        }
    }

    @Test func aProxyOnThisMachineDoesNotOpenItToOthers() async throws {
        try await RunningServer.use { port, _ in
            for field in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
                var client = try await WireClient(port: port)
                let answer = try await client.request("POST", Self.path, [field: "192.0.2.1"])
                #expect(answer.status == 403)
                #expect(
                    answer.body
                        == #"{"error":"Model reload is only available from loopback","code":"loopback_only"}"#)
                await client.leave()
            }
            var client = try await WireClient(port: port)
            #expect(try await client.request("POST", Self.path + "?soft=maybe").status == 400)
            #expect(try await client.request("GET", Self.path).status == 405)
            await client.leave()
        }
    }

    @Test(
        arguments: [
            ("127.0.0.1", [:], false, true), ("::1", [:], false, true), ("::ffff:127.0.0.1", [:], false, true),
            ("192.0.2.1", [:], true, false), ("::ffff:192.0.2.1", [:], true, false), (nil, [:], true, false),
            ("127.0.0.1", [.accept: "*/*"], false, true),
            ("127.0.0.1", [HTTPField.Name("Forwarded") ?? .via: "for=192.0.2.1"], false, false),
            ("127.0.0.1", [HTTPField.Name("X-Real-IP") ?? .via: ""], false, false),
            ("127.0.0.1", [HTTPField.Name("X-Forwarded-For") ?? .via: "127.0.0.1"], true, true),
        ] as [(String?, HTTPFields, Bool, Bool)])
    func thisMachineMayReload(peer: String?, fields: HTTPFields, hasAdminKey: Bool, isAdmitted: Bool) {
        #expect(ReloadRoute.admits(peer: peer, fields, hasAdminKey: hasAdminKey) == isAdmitted)
    }
}

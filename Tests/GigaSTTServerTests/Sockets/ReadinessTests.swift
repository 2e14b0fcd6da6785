import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `/ready` and admission agree.
@Suite struct ReadinessTests {
    @Test func aReadyServerAdmitsASession() async throws {
        try await RunningServer.use { port, _ in
            var probe = try await WireClient(port: port)
            #expect(try await probe.request("GET", "/ready").status == 200)
            await probe.leave()
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            try await client.send(binary: [UInt8](repeating: 1, count: 3_200))
            try await client.send(text: Speech.stop)
            #expect(try await !client.rest().contains("timeout"))
        }
    }

    /// Whatever a server has too little of: it is not ready exactly while it refuses.
    @Test(arguments: BudgetResource.allCases)
    func aServerThatIsNotReadyRefuses(resource: BudgetResource) async throws {
        let body = try Speech.file("06_")
        let adjust: (inout ServerSettings) -> Void = {
            $0.bodyByteLimit = body.count
            ($0.budget.uploads, $0.budget.recordings, $0.budget.sessions) = (
                .init(total: 1), .init(total: 1), .init(total: 1)
            )
            ($0.budget.bytes, $0.budget.waiting) = (.init(total: body.count), 1)
        }
        try await RunningServer.use(adjust) { port, server in
            func status() async throws -> [Int] {
                var client = try await WireClient(port: port)
                let ready = try await client.request("GET", "/ready").status
                guard resource == .sessions else {
                    let answer = try await client.request("POST", "/v1/transcribe", body: body)
                    await client.leave()
                    return [ready, answer.status]
                }
                await client.leave()
                var session = try await WireClient(port: port)
                try await session.upgrade()
                let first = try await session.message()
                await session.leave()
                return [ready, first["code"] as? String == "timeout" ? 503 : 200]
            }
            #expect(try await status() == [200, 200])
            await server.wait(for: 0, of: .sessions)
            let amount = resource == .bytes ? body.count : 1
            var place: BudgetPermit? = try server.budget.takeIfFree(resource, amount: amount, for: .key("a"))
            let waiting = Task {
                _ = try await server.budget.take(resource, for: .key("b"), until: .now + .seconds(60))
            }
            await server.wait(forWaiting: 1, of: resource)
            #expect(try await status() == [503, 503])
            withExtendedLifetime(place) {}
            place = nil
            try await waiting.value
            #expect(try await status() == [200, 200])
        }
    }

    /// While the engine is busy a session waits; the first that waits in vain makes the server not ready.
    @Test func aBusyEngineIsReadyAsLongAsSessionsAreAdmitted() async throws {
        var configuration = RecognizerConfiguration()
        configuration.admissionLimit = .zero
        let held = try await HeldRecognizer(configuration)
        try await RunningServer.use({ $0.queueTimeout = .seconds(1) }, load: { held.recognizer }) { port, server in
            func status() async throws -> Int {
                var client = try await WireClient(port: port)
                defer { withExtendedLifetime(client) {} }
                let status = try await client.request("GET", "/ready").status
                await client.leave()
                return status
            }
            await held.hold()
            held.crowd()
            #expect(!held.recognizer.status.admitsLiveStreams)
            #expect(try await status() == 200)
            var client = try await WireClient.live(port: port)
            try await client.send(binary: [UInt8](repeating: 1, count: 3_200))
            #expect(try await client.rest() == ["timeout", "close 1013 try again later"])
            #expect(try await status() == 503)
            held.letGo()
            var next = try await WireClient.live(port: port)
            try await next.send(binary: [UInt8](repeating: 1, count: 3_200))
            try await next.send(text: Speech.stop)
            #expect(try await next.rest().last == "close 1000 ")
            #expect(try await status() == 200)
        }
    }
}

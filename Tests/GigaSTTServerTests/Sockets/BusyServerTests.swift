import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Recordings on a server that has no place for them.
@Suite struct BusyServerTests {
    static let paths = ["/v1/transcribe?format=txt", "/v1/transcribe/stream", "/v1/audio/transcriptions"]
    private static let busy = #"{"error":"Server busy, try again later","code":"timeout","retry_after_ms":1000}"#

    static func head(_ path: String, _ count: Int) -> [UInt8] {
        let type = Form.contentType.map { "\($0): \($1)\r\n" }.joined()
        return Array("POST \(path) HTTP/1.1\r\nHost: t\r\nContent-Length: \(count)\r\n\(type)\r\n".utf8)
    }

    /// A recording as a path takes it.
    static func body(_ path: String, _ file: [UInt8]) -> [UInt8] {
        path.contains("audio") ? Form.bytes(file: file) : file
    }

    private static func send(_ path: String, _ file: [UInt8], port: Int) async throws -> WireClient {
        let client = try await WireClient(port: port)
        let body = body(path, file)
        try await client.send(raw: head(path, body.count) + body)
        return client
    }

    @Test(arguments: paths)
    func recordingWaitsForItsPlace(path: String) async throws {
        let file = try Speech.file("06_")
        let held = try await HeldRecognizer()
        let adjust: (inout ServerSettings) -> Void = { $0.budget.recordings = .init(total: 1) }
        try await RunningServer.use(adjust, load: { held.recognizer }) { port, server in
            await held.hold()
            var first = try await Self.send(path, file, port: port)
            await server.wait(for: 1, of: .recordings)
            var second = try await Self.send(path, file, port: port)
            await server.wait(forWaiting: 1, of: .recordings)
            held.letGo()
            let answers = (try await first.answer(), try await second.answer())
            #expect(answers.0.status == 200 && answers.1.status == 200 && !answers.0.body.isEmpty)
            await first.leave()
            await second.leave()
        }
    }

    @Test(arguments: paths)
    func recordingThatGetsNoPlaceInTimeIsRefused(path: String) async throws {
        let file = try Speech.file("06_")
        let adjust: (inout ServerSettings) -> Void = {
            $0.budget.recordings = .init(total: 1)
            $0.queueTimeout = .seconds(1)
        }
        try await RunningServer.use(adjust) { port, server in
            let place = try server.budget.takeIfFree(.recordings, for: .key("other"))
            var client = try await Self.send(path, file, port: port)
            let answer = try await client.answer()
            #expect(answer.status == 503 && answer.fields["retry-after"] == "1")
            #expect(path.contains("audio") ? answer.body.contains(#""code":"timeout""#) : answer.body == Self.busy)
            withExtendedLifetime(place) {}
            await client.leave()
        }
    }

    @Test(arguments: paths)
    func uploadWaitsForItsPlaceAndIsRefusedInTime(path: String) async throws {
        let file = try Speech.file("06_")
        let adjust: (inout ServerSettings) -> Void = {
            $0.budget.uploads = .init(total: 1)
            $0.queueTimeout = .seconds(1)
        }
        try await RunningServer.use(adjust) { port, server in
            var place: BudgetPermit? = try server.budget.takeIfFree(.uploads, for: .key("other"))
            var client = try await Self.send(path, file, port: port)
            #expect(try await client.answer().status == 503)
            withExtendedLifetime(place) {}
            place = nil
            await client.leave()
            var other = try await Self.send(path, file, port: port)
            #expect(try await other.answer().status == 200)
            await other.leave()
        }
    }

    @Test func bytesBeyondTheLimitAreRefused() async throws {
        let file = try Speech.file("06_")
        let adjust: (inout ServerSettings) -> Void = {
            $0.bodyByteLimit = file.count
            $0.budget.bytes = .init(total: file.count)
            $0.queueTimeout = .seconds(1)
        }
        try await RunningServer.use(adjust) { port, server in
            let bytes = try server.budget.takeIfFree(.bytes, amount: 1, for: .key("other"))
            var client = try await Self.send("/v1/transcribe", file, port: port)
            let answer = try await client.answer()
            #expect(answer.status == 503 && answer.body == Self.busy)
            withExtendedLifetime(bytes) {}
            await client.leave()
        }
    }

    @Test func uploadsThatDoNotGoOnHoldNothingThatOthersNeed() async throws {
        let file = try Speech.file("06_")
        let adjust: (inout ServerSettings) -> Void = {
            $0.budget.recordings = .init(total: 1)
            $0.budget.uploads = .init(total: 40)
        }
        try await RunningServer.use(adjust) { port, server in
            var silent: [WireClient] = []
            for _ in 0..<32 {
                let client = try await WireClient(port: port)
                try await client.send(raw: Self.head("/v1/transcribe", 50_000) + Array("RIFF".utf8))
                silent.append(client)
            }
            await server.wait(for: 32, of: .uploads)
            #expect(server.budget.usage(of: .recordings).used == 0)
            var client = try await Self.send("/v1/transcribe?format=txt", file, port: port)
            #expect(try await client.answer().status == 200)
            await client.leave()
            for client in silent { await client.leave() }
            await server.wait(for: 0, of: .uploads)
            await server.wait(for: 0, of: .bytes)
        }
    }

    @Test func sixtyFourRecordingsAtOnceAreAllAnswered() async throws {
        let body = try Speech.file("06_")
        try await RunningServer.use { port, _ in
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        var client = try await WireClient(port: port)
                        let answer = try await client.request("POST", "/v1/transcribe?format=txt", body: body)
                        await client.leave()
                        return "\(answer.status) \(answer.body)"
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers.count == 1 && answers.first?.hasPrefix("200 ") == true && answers.first != "200 ")
        }
    }

    @Test func limitsAreReplacedByAReload() async throws {
        let file = try Speech.file("06_")
        let reread: @Sendable () throws -> ServerSettings = { ServerSettings() }
        let adjust: (inout ServerSettings) -> Void = { $0.budget.recordings = .init(total: 1) }
        try await RunningServer.use(adjust, reread: reread) { port, server in
            let place = try server.budget.takeIfFree(.recordings, for: .key("other"))
            var client = try await Self.send("/v1/transcribe", file, port: port)
            await server.wait(forWaiting: 1, of: .recordings)
            await server.reload()
            #expect(try await client.answer().status == 200)
            withExtendedLifetime(place) {}
            await client.leave()
        }
    }

    @Test func largeBodyGetsItsRefusal() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("POST", "/v1/transcribe", body: .init(repeating: 0, count: 51 << 20))
            #expect(answer.status == 413 && answer.body.contains(#""code":"payload_too_large""#))
            #expect(try await client.request("GET", "/health").status == 200)
            await client.leave()
        }
    }
}

import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Recordings on a server that stops: every request gets an answer, every stream its end.
@Suite struct RecordingDrainTests {
    /// The last quarter of it, one second, is for the answers: enough on a machine that runs other tests beside.
    private static let drain = Duration.seconds(4)

    private func send(_ path: String, port: Int) async throws -> WireClient {
        let client = try await WireClient(port: port)
        let body = BusyServerTests.body(path, try Speech.file("06_"))
        try await client.send(raw: BusyServerTests.head(path, body.count) + body)
        return client
    }

    @Test func recordingThatIsReceivedIsAnsweredBeforeTheEnd() async throws {
        let body = try Speech.file("06_")
        try await RunningServer.use { port, server in
            var client = try await WireClient(port: port)
            try await client.send(
                raw: BusyServerTests.head("/v1/transcribe?format=txt", body.count) + body.prefix(100))
            await server.wait(for: 1, of: .uploads)
            await server.drain()
            try await client.send(raw: Array(body.dropFirst(100)))
            let answer = try await client.answer()
            #expect(answer.status == 200 && !answer.body.isEmpty)
            #expect(await client.remainder().isEmpty)
        }
    }

    @Test(arguments: BusyServerTests.paths)
    func whatWaitsIsRefusedAtOnce(path: String) async throws {
        try await RunningServer.use({ $0.budget.recordings = .init(total: 1) }) { port, server in
            let place = try server.budget.takeIfFree(.recordings, for: .key("other"))
            var client = try await send(path, port: port)
            await server.wait(forWaiting: 1, of: .recordings)
            await server.drain()
            let answer = try await client.answer()
            #expect(answer.status == 503 && answer.body.contains(#""code":"pool_closed""#))
            #expect(answer.fields["retry-after"] == nil)
            withExtendedLifetime(place) {}
        }
    }

    @Test(arguments: BusyServerTests.paths)
    func whatRunsIsAnsweredBeforeTheDrainTimeIsOver(path: String) async throws {
        let held = try await HeldRecognizer()
        try await RunningServer.use({ $0.drainTimeout = Self.drain }, load: { held.recognizer }) { port, server in
            await held.hold()
            // A failure ends the test at once, instead of waiting for the held worker.
            defer { held.letGo() }
            var client = try await send(path, port: port)
            await server.wait(for: 1, of: .recordings)
            await server.drain()
            let answer = try await client.answer()
            #expect(answer.status == 503 && answer.body.contains(#""code":"cancelled""#), "\(answer)")
            #expect(answer.body.contains("Server is shutting down"))
            await server.wait(for: 0, of: .recordings)
        }
    }

    /// A minute of speech again and again: far more than the drain time is enough for.
    private static func long() throws -> [UInt8] {
        let minute = try Speech.file("10_").dropFirst(44)
        var long = [UInt8](WaveFile.header(byteCount: UInt32(minute.count * 20)))
        for _ in 0..<20 { long += minute }
        return long
    }

    @Test(arguments: ["/v1/transcribe/stream", "/v1/transcribe/stream?end=true", "/v1/audio/transcriptions"])
    func streamEndsWithItsLastPart(path: String) async throws {
        let isOpenAI = path.contains("audio")
        let long = try Self.long()
        let body = isOpenAI ? Form.bytes([("stream", "true")], file: long) : long
        try await RunningServer.use({ $0.drainTimeout = Self.drain }, workers: 1) { port, server in
            var client = try await WireClient(port: port)
            try await client.send(raw: BusyServerTests.head(path, body.count) + body)
            try await client.skipHead()
            await server.drain()
            let rest = await client.remainder()
            // RFC 9112 section 7.1: the last part of a chunked body.
            #expect(rest.hasSuffix("0\r\n\r\n"))
            // The shared work may be done before the drain time is over on a fast machine.
            let isCancelled = rest.contains(#""code":"cancelled""#)
            #expect(isOpenAI ? isCancelled || rest.contains("[DONE]") : !rest.contains(#""type":"error""#))
            // Only what was read to its end says that it is complete: the recording has twenty minutes.
            let isComplete = rest.contains(#""type":"end""#)
            #expect(!isComplete || path.hasSuffix("?end=true") && rest.contains(#""duration":1"#))
        }
    }
}

import Foundation
import GigaSTT
import NIOCore
import TestSupport
import Testing

@testable import GigaSTTServer

/// `--audiosocket` and `/v1/calls/{id}` through the socket.
@Suite struct AudioSocketListenerTests {
    private static let name = AudioSocketProtocolTests.name
    private static let identifier = AudioSocketProtocolTests.frame(0x01, AudioSocketProtocolTests.uuid)

    private static func serve(
        _ adjust: @escaping (inout ServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (_ main: Int, _ port: Int, Server) async throws -> Void
    ) async throws {
        try await RunningServer.serve({
            $0.listeners[.audiosocket] = ListenAddress("127.0.0.1:0")
            adjust(&$0)
        }) { address, server in
            try await body(address.port, try #require(address.listeners[.audiosocket]?.port), server)
        }
    }

    /// A call of 16 kHz in frames of 20 ms, without its end.
    private static func call(_ recording: [UInt8]) -> [UInt8] {
        identifier
            + stride(from: 0, to: recording.count, by: 640).flatMap { start in
                AudioSocketProtocolTests.frame(0x12, Array(recording[start..<min(start + 640, recording.count)]))
            }
    }

    private static func reader(
        _ port: Int, _ id: String = name, _ fields: [String: String] = [:]
    ) async throws -> WireClient {
        var client = try await WireClient(port: port)
        let fields = WireClient.upgradeFields.merging(fields) { $1 }
        try #require(try await client.request("GET", "/v1/calls/\(id)", fields).status == 101)
        return client
    }

    /// Asterisk ends a connection by closing it: nothing of the call may be lost.
    @Test func textLeavesByWebSocketAndWebhook() async throws {
        let expected = try await RunningServer.expected("11_").text
        let recording = try Speech.bytes("11_")
        let folder = try TemporaryFolder()
        try await WebhookReceiver.use { receiver in
            let webhook = try WebhookReceiver.settings(folder, receiver.url)
            try await Self.serve(webhook) { main, port, _ in
                var early = try await Self.reader(main)
                let asterisk = try await WireClient(port: port)
                try await asterisk.send(raw: Self.call(recording))
                await asterisk.leave()
                #expect(try await early.message()["type"] as? String == "ready")
                let log = try await early.rest()
                #expect(log.finalText == expected && log.last == "close 1000 ")
                // In capitals, and when everything is over.
                var late = try await Self.reader(main, Self.name.uppercased())
                #expect(try await late.message()["type"] as? String == "ready")
                #expect(try await late.rest() == log)
                let message = try #require(try await receiver.messages(1).first)
                #expect(message.fields["webhook-id"] == Self.name && message.object["type"] as? String == "call.ended")
                let data = try #require(message.object["data"] as? [String: Any])
                #expect(data["call_id"] as? String == Self.name && data["text"] as? String == expected)
                #expect(data["reason"] as? String == "stop" && data["protocol"] as? String == "audiosocket")
                let segments = try #require(data["segments"] as? [[String: Any]])
                #expect(segments.compactMap { $0["text"] as? String }.joined(separator: " ") == expected)
                // In whole milliseconds.
                let processed = try #require(data["processed_seconds"] as? Double)
                #expect(abs(processed - Double(recording.count) / 32_000) <= 0.0005)
            }
        }
    }

    @Test func oneConnectionCarriesACall() async throws {
        try await Self.serve { main, port, _ in
            let first = try await WireClient(port: port)
            var reader = try await Self.reader(main)
            try await first.send(raw: Self.identifier)
            #expect(try await reader.message()["type"] as? String == "ready")
            var second = try await WireClient(port: port)
            try await second.send(raw: Self.identifier)
            #expect(await second.remainingBytes() == [0, 0, 0])
            try await first.send(raw: AudioSocketProtocolTests.frame(0x00))
            #expect(try await reader.rest() == ["final: ", "close 1000 "])
            var third = try await WireClient(port: port)
            try await third.send(raw: Self.identifier + AudioSocketProtocolTests.frame(0x00))
            #expect(await third.remainingBytes() == [])
        }
    }

    @Test func shutdownHangsUpAndSendsTheLastFinal() async throws {
        try await Self.serve { main, port, server in
            var (reader, waiting) = (try await Self.reader(main), try await Self.reader(main, "other"))
            var asterisk = try await WireClient(port: port)
            try await asterisk.send(raw: Self.call(try Speech.bytes("07_")))
            while try await reader.message()["type"] as? String != "partial" {}
            await server.drain()
            // Silence may come before.
            #expect(await asterisk.remainingBytes().suffix(3) == [0, 0, 0])
            let log = try await reader.rest()
            #expect(!log.finalText.isEmpty && log.last == "close 1000 ")
            #expect(try await waiting.rest() == ["close 1001 server shutdown"])
        }
    }

    /// Asterisk's application hangs up after 2 s without a frame of either side.
    @Test func silentCallerGetsSilence() async throws {
        try await Self.serve({ $0.session.idleTimeout = .milliseconds(2_500) }) { _, port, _ in
            var asterisk = try await WireClient(port: port)
            let samples = [UInt8](repeating: 0, count: 640)
            try await asterisk.send(raw: Self.identifier + AudioSocketProtocolTests.frame(0x12, samples))
            let bytes = await asterisk.remainingBytes()
            let silence = AudioSocketProtocolTests.frame(0x12, samples)
            // Two, or one where the machine is slow.
            let count = bytes.count / silence.count
            #expect((1...2).contains(count))
            #expect(bytes == (0..<count).flatMap { _ in silence } + [0, 0, 0])
        }
    }

    /// Behind a hang-up the dialplan goes on; the operator sees the refusal.
    @Test func callsBeyondTheLimitAreHungUp() async throws {
        try await Self.serve({ $0.rateLimit = RateLimit(perMinute: 1, burst: 1) }) { main, port, _ in
            let first = try await WireClient(port: port)
            try await first.send(raw: Self.identifier)
            var second = try await WireClient(port: port)
            #expect(await second.remainingBytes() == [0, 0, 0])
            await first.leave()
        }
    }

    @Test func otherProtocolsAreRefused() async throws {
        try await Self.serve { _, port, _ in
            var client = try await WireClient(port: port)
            try await client.send(raw: Array("POST / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            #expect(await client.remainingBytes() == [0xFF, 0, 0])
        }
    }

    @Test func callsNeedAKeyAndAsteriskOnThisMachineNone() async throws {
        let file = try KeyFile()
        try await Self.serve({ $0.apiKeyFile = file.path }) { main, port, _ in
            var stranger = try await WireClient(port: main)
            #expect(try await stranger.request("GET", "/v1/calls/\(Self.name)", WireClient.upgradeFields).status == 401)
            var reader = try await Self.reader(main, Self.name, ["Authorization": "Bearer \(KeyFile.speaker)"])
            let asterisk = try await WireClient(port: port)
            try await asterisk.send(raw: Self.identifier + AudioSocketProtocolTests.frame(0x00))
            #expect(try await reader.message()["type"] as? String == "ready")
            #expect(try await reader.rest() == ["final: ", "close 1000 "])
        }
    }

    @Test func readersThatWaitInVainAreClosed() async throws {
        try await Self.serve({
            $0.calls.beginWait = .milliseconds(50)
            $0.calls.readersPerCall = 1
        }) { main, _, _ in
            var reader = try await Self.reader(main, "unknown")
            #expect(try await reader.rest() == ["close 1008 no such call"])
            var client = try await WireClient(port: main)
            let answer = try await client.request("GET", "/v1/calls/%D1%8F", WireClient.upgradeFields)
            #expect(answer.status == 400 && answer.body.contains("invalid_call_id"))
        }
    }

    @Test func readersBeyondTheLimitAreRefused() async throws {
        try await Self.serve({ $0.calls.readersPerCall = 1 }) { main, _, _ in
            let first = try await Self.reader(main)
            var second = try await Self.reader(main)
            #expect(try await second.rest() == ["close 1013 try again later"])
            await first.leave()
        }
    }

    @Test func callsAreServedOnlyWhereThereAreSome() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            #expect(try await client.request("GET", "/v1/calls/a", WireClient.upgradeFields).status == 404)
        }
    }
}

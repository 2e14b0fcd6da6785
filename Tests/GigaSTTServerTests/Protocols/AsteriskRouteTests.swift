import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `/v1/asterisk` and `/v1/calls/{id}` through the socket.
@Suite struct AsteriskRouteTests {
    private static let start =
        "MEDIA_START connection_id:stt channel:WebSocket/stt/0x7f channel_id:1761245643.1 "
        + "format:slin16 optimal_frame_size:640 ptime:20"

    private static func serve(
        _ adjust: @escaping (inout ServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (Int, Server) async throws -> Void
    ) async throws {
        try await RunningServer.use(
            {
                $0.telephony = [.asterisk]
                adjust(&$0)
            }, body)
    }

    /// Opens a connection as `websocket_client.conf` of Asterisk does.
    private static func connect(
        _ port: Int, _ path: String = "/v1/asterisk", _ fields: [String: String] = [:]
    ) async throws -> (client: WireClient, answer: WireClient.Answer) {
        var client = try await WireClient(port: port)
        let fields = WireClient.upgradeFields.merging(fields) { $1 }
        let answer = try await client.request("GET", path, fields)
        return (client, answer)
    }

    private static func play(_ recording: [UInt8], to client: WireClient) async throws {
        for start in stride(from: 0, to: recording.count, by: 640) {
            try await client.send(binary: Array(recording[start..<min(start + 640, recording.count)]))
        }
    }

    /// A channel that is hung up closes the connection: nothing of the call may be lost.
    @Test func textLeavesByTheCall() async throws {
        let expected = try await RunningServer.expected("11_").text
        let recording = try Speech.bytes("11_")
        try await Self.serve { port, _ in
            var (reader, _) = try await Self.connect(port, "/v1/calls/1761245643.1")
            var (asterisk, answer) = try await Self.connect(
                port, "/v1/asterisk", ["Sec-WebSocket-Protocol": "media"])
            try #require(answer.status == 101 && answer.fields["sec-websocket-protocol"] == "media")
            try await asterisk.send(text: Self.start)
            try await Self.play(recording, to: asterisk)
            try await asterisk.send(opcode: 8, [0x03, 0xE8])
            #expect(try await reader.message()["type"] as? String == "ready")
            let log = try await reader.rest()
            #expect(log.finalText == expected && log.last == "close 1000 ")
            #expect(try await asterisk.rest() == ["close 1000 "])
        }
    }

    @Test func addressNamesTheCallAndASecondOneIsHungUp() async throws {
        try await Self.serve { port, _ in
            var (reader, _) = try await Self.connect(port, "/v1/calls/a-1")
            let (first, _) = try await Self.connect(port, "/v1/asterisk?call_id=A-1")
            try await first.send(text: Self.start)
            #expect(try await reader.message()["type"] as? String == "ready")
            var (second, _) = try await Self.connect(port, "/v1/asterisk?call_id=a-1")
            try await second.send(text: Self.start)
            #expect(String(decoding: try await second.frame().content, as: UTF8.self) == "HANGUP")
            #expect(try await second.rest() == ["close 1008 call in use"])
            await first.leave()
            #expect(try await reader.rest() == ["final: ", "close 1000 "])
            let (_, refusal) = try await Self.connect(port, "/v1/asterisk?call_id=a/1")
            #expect(refusal.status == 400 && refusal.body.contains("invalid_call_id"))
        }
    }

    @Test func shutdownHangsUpAndSendsTheLastFinal() async throws {
        try await Self.serve { port, server in
            var (reader, _) = try await Self.connect(port, "/v1/calls/1761245643.1")
            var (asterisk, _) = try await Self.connect(port)
            try await asterisk.send(text: Self.start)
            try await Self.play(try Speech.bytes("07_"), to: asterisk)
            while try await reader.message()["type"] as? String != "partial" {}
            await server.drain()
            #expect(String(decoding: try await asterisk.frame().content, as: UTF8.self) == "HANGUP")
            #expect(try await asterisk.rest() == ["close 1001 server shutdown"])
            #expect(try await !reader.rest().finalText.isEmpty)
        }
    }

    @Test func passwordsAreKeys() async throws {
        let file = try KeyFile()
        try await Self.serve({ $0.apiKeyFile = file.path }) { port, _ in
            for (password, status) in [("wrong-key-of-nobody", 401), (KeyFile.speaker, 101), (KeyFile.admin, 403)] {
                let value = "Basic " + Data("asterisk:\(password)".utf8).base64EncodedString()
                let (client, answer) = try await Self.connect(port, "/v1/asterisk", ["Authorization": value])
                #expect(answer.status == status)
                await client.leave()
                let (other, refusal) = try await Self.connect(port, "/v1/ws", ["Authorization": value])
                #expect(refusal.status == 401)
                await other.leave()
            }
        }
    }

    @Test func nothingIsServedUnasked() async throws {
        try await RunningServer.use { port, _ in
            for wire in TelephonyProtocol.allCases {
                let (client, answer) = try await Self.connect(port, wire.path)
                #expect(answer.status == 404)
                await client.leave()
            }
        }
    }
}

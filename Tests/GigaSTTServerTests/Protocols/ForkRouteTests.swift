import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `/v1/fork` through the socket.
@Suite struct ForkRouteTests {
    private static func connect(_ port: Int, _ path: String) async throws -> (WireClient, WireClient.Answer) {
        var client = try await WireClient(port: port)
        let answer = try await client.request("GET", path, WireClient.upgradeFields)
        return (client, answer)
    }

    private static func transcript(_ message: [String: Any]) -> String? {
        let data = message["data"] as? [String: Any]
        guard data?["is_final"] as? Bool == true else { return nil }
        return (data?["alternatives"] as? [[String: Any]])?.first?["transcript"] as? String
    }

    /// `uuid_audio_fork stop` sends a close frame at once: the text of the call must not need the connection.
    @Test func textLeavesByTheConnectionAndByTheCall() async throws {
        let expected = try await RunningServer.expected("11_").text
        let recording = try Speech.bytes("11_")
        try await RunningServer.use({ $0.telephony = [.freeswitch] }) { port, _ in
            for isGraceful in [true, false] {
                var (reader, _) = try await Self.connect(port, "/v1/calls/call-\(isGraceful)")
                var (client, answer) = try await Self.connect(
                    port, "/v1/fork?sample_rate=16000&call_id=call-\(isGraceful)")
                try #require(answer.status == 101)
                try await client.send(text: "a text of the application")
                for start in stride(from: 0, to: recording.count, by: 3_200) {
                    try await client.send(binary: Array(recording[start..<min(start + 3_200, recording.count)]))
                }
                if isGraceful {
                    try await client.send(binary: [])
                    var texts: [String] = []
                    while let message = try? await client.message() {
                        if let text = Self.transcript(message), !text.isEmpty { texts.append(text) }
                    }
                    #expect(texts.joined(separator: " ") == expected)
                } else {
                    // With unread messages a socket that is only closed would reset the connection.
                    try await client.send(opcode: 8, [0x03, 0xE8])
                    _ = await client.remainingBytes()
                }
                #expect(try await reader.message()["type"] as? String == "ready")
                #expect(try await reader.rest().finalText == expected)
            }
        }
    }

    @Test func refusalsComeBeforeTheUpgrade() async throws {
        try await RunningServer.use({ $0.telephony = [.freeswitch] }) { port, _ in
            for query in ["sample_rate=1", "mix_type=x", "call_id=/"] {
                let (client, answer) = try await Self.connect(port, "/v1/fork?\(query)")
                #expect(answer.status == 400 && answer.body.hasPrefix(#"{"error":""#))
                await client.leave()
            }
        }
    }
}

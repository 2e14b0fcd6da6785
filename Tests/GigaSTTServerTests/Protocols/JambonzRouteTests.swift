import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `/v1/jambonz` through the socket.
@Suite struct JambonzRouteTests {
    private static let start =
        #"{"type":"start","language":"ru-RU","format":"raw","encoding":"LINEAR16","interimResults":true,"#
        + #""sampleRateHz":16000,"options":{"callSid":"c-1"}}"#

    private static func serve(
        _ adjust: @escaping (inout ServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (Int, Server) async throws -> Void
    ) async throws {
        try await RunningServer.use(
            {
                $0.telephony = [.jambonz]
                adjust(&$0)
            }, body)
    }

    private static func connect(
        _ port: Int, _ path: String = "/v1/jambonz", key: String = "any"
    ) async throws -> (WireClient, WireClient.Answer) {
        var client = try await WireClient(port: port)
        let fields = WireClient.upgradeFields.merging(["Authorization": "Bearer \(key)"]) { $1 }
        return (client, try await client.request("GET", path, fields))
    }

    @Test func textIsThatOfTheFile() async throws {
        let expected = try await RunningServer.expected("11_").text
        let recording = try Speech.bytes("11_")
        try await Self.serve { port, _ in
            var (client, answer) = try await Self.connect(port, "/v1/jambonz?calls=true")
            try #require(answer.status == 101)
            try await client.send(text: Self.start)
            for start in stride(from: 0, to: recording.count, by: 3_200) {
                try await client.send(binary: Array(recording[start..<min(start + 3_200, recording.count)]))
            }
            try await client.send(text: #"{"type":"stop"}"#)
            var (texts, kinds) = ([String](), Set<Bool>())
            while let message = try? await client.message() {
                let isFinal = try #require(message["is_final"] as? Bool)
                kinds.insert(isFinal)
                let text = (message["alternatives"] as? [[String: Any]])?.first?["transcript"] as? String ?? ""
                if isFinal, !text.isEmpty { texts.append(text) }
            }
            #expect(texts.joined(separator: " ") == expected && kinds == [true, false])
            var (reader, _) = try await Self.connect(port, "/v1/calls/c-1")
            #expect(try await reader.message()["type"] as? String == "ready")
            #expect(try await reader.rest().finalText == expected)
        }
    }

    /// `mod_jambonz_transcribe` sends no `start` if the connection opens too soon; the address has the rate.
    @Test func audioWithoutAStartIsRecognised() async throws {
        let expected = try await RunningServer.expected("07_").text
        try await Self.serve { port, _ in
            let (refused, answer) = try await Self.connect(port, "/v1/jambonz?sample_rate=7999")
            #expect(answer.status == 400 && answer.body.contains("invalid_sample_rate"))
            await refused.leave()
            var (client, _) = try await Self.connect(port, "/v1/jambonz?sample_rate=16000")
            try await client.send(binary: try Speech.bytes("07_"))
            try await client.send(text: #"{"type": "stop"}"#)
            let message = try await client.message()
            #expect(message["is_final"] as? Bool == true)
            #expect((message["alternatives"] as? [[String: Any]])?.first?["transcript"] as? String == expected)
        }
    }

    @Test func keysAreCarriedAsJambonzDoes() async throws {
        let file = try KeyFile()
        try await Self.serve({ $0.apiKeyFile = file.path }) { port, _ in
            for (key, status) in [("wrong-key-of-nobody", 401), (KeyFile.speaker, 101), (KeyFile.admin, 403)] {
                let (client, answer) = try await Self.connect(port, key: key)
                #expect(answer.status == status)
                await client.leave()
            }
        }
    }

    @Test func shutdownSendsTheLastTranscription() async throws {
        try await Self.serve { port, server in
            var (client, _) = try await Self.connect(port)
            try await client.send(text: Self.start)
            try await client.send(binary: try Speech.bytes("07_"))
            while try await client.message()["is_final"] as? Bool != false {}
            await server.drain()
            var last: [String: Any] = [:]
            while let message = try? await client.message() { last = message }
            #expect(last["is_final"] as? Bool == true)
        }
    }
}

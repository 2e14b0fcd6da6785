import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `/v1/realtime` through the socket.
@Suite struct RealtimeRouteTests {
    private static let format = #"{"type":"audio/pcm","rate":16000}"#

    private static func connect(
        _ port: Int, _ fields: [String: String] = [:]
    ) async throws -> (client: WireClient, answer: WireClient.Answer) {
        var client = try await WireClient(port: port)
        let fields = WireClient.upgradeFields.merging(fields) { $1 }
        let answer = try await client.request("GET", "/v1/realtime?intent=transcription", fields)
        return (client, answer)
    }

    private static func speak(_ client: inout WireClient, _ name: String, turns: String) async throws {
        try await client.send(
            text:
                #"{"type":"session.update","session":{"audio":{"input":{"format":\#(format),"turn_detection":\#(turns)}}}}"#
        )
        let recording = try Speech.bytes(name)
        for start in stride(from: 0, to: recording.count, by: 3_200) {
            let audio = Data(recording[start..<min(start + 3_200, recording.count)]).base64EncodedString()
            try await client.send(text: #"{"type":"input_audio_buffer.append","audio":"\#(audio)"}"#)
        }
    }

    /// Everything until `count` items have ended, by item: the deltas, and the transcripts.
    private static func items(
        _ client: inout WireClient, until isEnough: ([String: String]) -> Bool
    ) async throws -> (deltas: [String: String], transcripts: [(item: String, text: String)]) {
        var (deltas, transcripts) = ([String: String](), [(item: String, text: String)]())
        while !isEnough(Dictionary(transcripts.map { ($0.item, $0.text) }) { $1 }) {
            let message = try await client.message()
            guard let item = message["item_id"] as? String else { continue }
            if let delta = message["delta"] as? String { deltas[item, default: ""] += delta }
            if let text = message["transcript"] as? String { transcripts.append((item, text)) }
        }
        return (deltas, transcripts)
    }

    @Test func committedTurnIsTheTextOfTheFile() async throws {
        // Without endpoints of its own the whole recording is one utterance, or as many as the model's window holds.
        let expected = try await RunningServer.expected("08_").text
        try await RunningServer.use { port, _ in
            var (client, answer) = try await Self.connect(port)
            try #require(answer.status == 101)
            try await Self.speak(&client, "08_", turns: "null")
            try await client.send(text: #"{"type":"input_audio_buffer.commit"}"#)
            let (deltas, transcripts) = try await Self.items(&client) { $0.count == 1 }
            #expect(transcripts.map(\.text) == [expected] && deltas.map(\.value) == [expected])
            await client.leave()
        }
    }

    @Test func turnsAreThoseOfTheFile() async throws {
        let expected = try await RunningServer.expected("12_")
        try await RunningServer.use { port, server in
            var (client, _) = try await Self.connect(port)
            try await Self.speak(&client, "12_", turns: #"{"type":"server_vad","silence_duration_ms":500}"#)
            try await client.send(text: #"{"type":"input_audio_buffer.commit"}"#)
            let (deltas, transcripts) = try await Self.items(&client) { items in
                items.values.joined().filter { $0 != " " }.count >= expected.text.filter { $0 != " " }.count
            }
            #expect(transcripts.map(\.text).filter { !$0.isEmpty }.joined(separator: " ") == expected.text)
            for (item, text) in transcripts { #expect(deltas[item] ?? "" == text) }
            await client.leave()
        }
    }

    @Test func sessionOfTheBetaComesWithAKey() async throws {
        let file = try KeyFile()
        try await RunningServer.use({ $0.apiKeyFile = file.path }) { port, _ in
            var client = try await WireClient(port: port)
            let path = "/v1/realtime/transcription_sessions"
            #expect(try await client.request("POST", path).status == 401)
            let mine = ["Authorization": "Bearer \(KeyFile.speaker)"]
            let wrong = try await client.request(
                "POST", path, mine, body: Array(#"{"input_audio_format":"opus"}"#.utf8))
            #expect(wrong.status == 400 && wrong.body.contains("invalid_value"))
            let wanted =
                #"{"input_audio_format":"g711_ulaw","include":["item.input_audio_transcription.logprobs"]}"#
            let answer = try await client.request("POST", path, mine, body: Array(wanted.utf8))
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            #expect(object?["input_audio_format"] as? String == "g711_ulaw")
            #expect(object?["include"] as? [String] == ["item.input_audio_transcription.logprobs"])
            let secret = try #require(object?["client_secret"] as? [String: Any])
            let key = try #require(secret["value"] as? String)
            var (socket, upgrade) = try await Self.connect(
                port, ["Authorization": "Bearer \(key)", "OpenAI-Beta": "realtime=v1"])
            #expect(upgrade.status == 101)
            let created = try await socket.message()
            #expect(created["type"] as? String == "transcription_session.created")
            #expect("\(created)".contains("g711_ulaw"))
            await socket.leave()
            await client.leave()
        }
    }

    @Test func browsersGetKeysThatOpenSessionsAndNothingElse() async throws {
        let file = try KeyFile()
        try await RunningServer.use({ $0.apiKeyFile = file.path }) { port, _ in
            var client = try await WireClient(port: port)
            let path = "/v1/realtime/client_secrets"
            #expect(try await client.request("POST", path).status == 401)
            let mine = ["Authorization": "Bearer \(KeyFile.speaker)"]
            let wrong = try await client.request(
                "POST", path, mine, body: Array(#"{"expires_after":{"seconds":9}}"#.utf8))
            #expect(wrong.status == 400 && wrong.body.contains("invalid_value"))
            let wanted = #"{"session":{"type":"transcription","audio":{"input":{"format":{"type":"audio/pcmu"}}}}}"#
            let answer = try await client.request("POST", path, mine, body: Array(wanted.utf8))
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            let key = try #require(object?["value"] as? String)
            let offer = ["Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.\(key)"]
            var (socket, upgrade) = try await Self.connect(port, offer)
            #expect(upgrade.status == 101 && upgrade.fields["sec-websocket-protocol"] == "realtime")
            let session = try await socket.message()
            #expect("\(session)".contains("audio/pcmu"))
            for other in ["/v1/models", "/v1/ws"] {
                #expect(try await client.request("GET", other, ["Authorization": "Bearer \(key)"]).status == 401)
            }
            let (_, refusal) = try await Self.connect(port, ["Authorization": "Bearer ek_0"])
            #expect(refusal.status == 401)
            await socket.leave()
            await client.leave()
        }
    }

    @Test(arguments: [3_202, 3_203]) func aCommitMaySplitASample(_ count: Int) async throws {
        let expected = try await RunningServer.expected("08_").text
        try await RunningServer.use { port, _ in
            var (client, _) = try await Self.connect(port)
            try await client.send(
                text:
                    #"{"type":"session.update","session":{"audio":{"input":{"format":\#(Self.format),"turn_detection":null}}}}"#
            )
            let recording = try Speech.bytes("08_")
            for part in [recording[..<count], recording[count...]] {
                let audio = Data(part).base64EncodedString()
                try await client.send(text: #"{"type":"input_audio_buffer.append","audio":"\#(audio)"}"#)
                try await client.send(text: #"{"type":"input_audio_buffer.commit"}"#)
            }
            let (_, transcripts) = try await Self.items(&client) { $0.count == 2 }
            #expect(transcripts.map(\.text) == ["", expected])
            await client.leave()
        }
    }
}

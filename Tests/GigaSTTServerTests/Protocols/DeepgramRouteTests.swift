import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `/v1/listen` through the socket.
@Suite struct DeepgramRouteTests {
    private static let query = "encoding=linear16&sample_rate=16000"

    private static func serve(
        _ adjust: @escaping (inout ServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (Int, Server) async throws -> Void
    ) async throws {
        try await RunningServer.use(
            {
                $0.servesDeepgram = true
                adjust(&$0)
            }, body)
    }

    private static func connect(
        _ port: Int, _ query: String = query, _ fields: [String: String] = [:]
    ) async throws -> (client: WireClient, answer: WireClient.Answer) {
        var client = try await WireClient(port: port)
        let fields = WireClient.upgradeFields.merging(fields) { $1 }
        let answer = try await client.request("GET", "/v1/listen?\(query)", fields)
        return (client, answer)
    }

    private static func transcript(_ result: [String: Any]) -> String {
        let channel = result["channel"] as? [String: Any]
        return (channel?["alternatives"] as? [[String: Any]])?.first?["transcript"] as? String ?? ""
    }

    @Test func textIsThatOfTheFile() async throws {
        let expected = try await RunningServer.expected("11_").words.map(\.text).joined(separator: " ")
        try await Self.serve { port, _ in
            var (client, answer) = try await Self.connect(port, Self.query + "&interim_results=true&vad_events=true")
            try #require(answer.status == 101)
            let recording = try Speech.bytes("11_")
            for start in stride(from: 0, to: recording.count, by: 3_200) {
                try await client.send(binary: Array(recording[start..<min(start + 3_200, recording.count)]))
            }
            try await client.send(text: #"{"type":"CloseStream"}"#)
            var (texts, types) = ([String](), Set<String>())
            var last: [String: Any] = [:]
            while last["type"] as? String != "Metadata" {
                last = try await client.message()
                types.insert(last["type"] as? String ?? "")
                if last["is_final"] as? Bool == true { texts.append(Self.transcript(last)) }
            }
            #expect(texts.filter { !$0.isEmpty }.joined(separator: " ") == expected)
            #expect(types == ["Results", "SpeechStarted", "Metadata"])
            #expect(abs((last["duration"] as? Double ?? 0) - Double(recording.count) / 32_000) < 0.001)
            #expect(try await client.rest() == ["close 1000 "])
        }
    }

    @Test func recordingIsTranscribed() async throws {
        let expected = try await RunningServer.expected("07_").words.map(\.text).joined(separator: " ")
        try await Self.serve { port, _ in
            var client = try await WireClient(port: port)
            let file = try Speech.file("07_")
            let answer = try await client.request("POST", "/v1/listen?utterances=true&model=nova-3", body: file)
            #expect(answer.status == 200 && answer.fields["dg-request-id"] == answer.fields["x-request-id"])
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            let results = try #require(object?["results"] as? [String: Any])
            let channels = try #require(results["channels"] as? [[String: Any]])
            #expect(channels.count == 1 && Self.transcript(["channel": channels[0]]) == expected)
            let utterances = try #require(results["utterances"] as? [[String: Any]])
            #expect(utterances.compactMap { $0["transcript"] as? String }.joined(separator: " ") == expected)
            // Raw audio in the same request.
            let raw = try await client.request("POST", "/v1/listen?\(Self.query)", body: try Speech.bytes("07_"))
            #expect(raw.status == 200 && raw.body.contains(#""transcript":"\#(expected)""#))
            let address = try await client.request(
                "POST", "/v1/listen", ["Content-Type": "application/json"], body: Array(#"{"url":"http://x/"}"#.utf8))
            #expect(address.status == 400 && address.body.hasPrefix(#"{"err_code":"remote_audio","err_msg":"#))
            #expect(try await client.request("POST", "/v1/listen").status == 400)
        }
    }

    /// The built-in model tells the two voices of the recording apart.
    @Test func wordsHaveTheirSpeakers() async throws {
        let recognizer = try await RunningServer.recognizer(workers: 1)
        var options = TranscriptionOptions()
        options.endpointing = EndpointMode.auto.endpointing(silence: .milliseconds(500), hasModel: false)
        options.speakers = SpeakerSeparation()
        let expected = try await recognizer.transcribe(Recordings.named("11_").url, options: options).words
        await recognizer.shutDown()
        @Sendable func words(_ channel: Any?) -> [[String: Any]] {
            let alternatives = (channel as? [String: Any])?["alternatives"] as? [[String: Any]]
            return alternatives?.first?["words"] as? [[String: Any]] ?? []
        }
        try await Self.serve { [expected] port, _ in
            var poster = try await WireClient(port: port)
            let answer = try await poster.request("POST", "/v1/listen?diarize=true", body: try Speech.file("11_"))
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            let channels = (object?["results"] as? [String: Any])?["channels"] as? [Any]
            #expect(words(channels?.first).map { $0["speaker"] as? Int } == expected.map(\.speaker))
            #expect(Set(expected.map(\.speaker)) == [0, 1])
            var (client, _) = try await Self.connect(port, Self.query + "&diarize=true&interim_results=true")
            let recording = try Speech.bytes("11_")
            for start in stride(from: 0, to: recording.count, by: 6_400) {
                try await client.send(binary: Array(recording[start..<min(start + 6_400, recording.count)]))
            }
            try await client.send(text: #"{"type":"CloseStream"}"#)
            var (live, last) = ([[String: Any]](), [String: Any]())
            while last["type"] as? String != "Metadata" {
                last = try await client.message()
                if last["is_final"] as? Bool == true { live += words(last["channel"]) }
            }
            #expect(live.map { $0["word"] as? String } == expected.map(\.text))
            #expect(live.allSatisfy { $0["speaker"] is Int })
            #expect(Set(live.compactMap { $0["speaker"] as? Int }).count == 2)
            #expect(try await client.rest() == ["close 1000 "])
        }
    }

    @Test func refusalsComeBeforeTheUpgrade() async throws {
        try await Self.serve { port, _ in
            for query in ["", "encoding=opus", "encoding=linear16&sample_rate=x"] {
                let (client, answer) = try await Self.connect(port, query)
                #expect(answer.status == 400 && answer.body.hasPrefix(#"{"err_code":""#))
                await client.leave()
            }
        }
        try await RunningServer.use { port, _ in
            let (client, answer) = try await Self.connect(port)
            #expect(answer.status == 404)
            await client.leave()
        }
    }

    @Test func keysAreCarriedAsDeepgramsClientsDo() async throws {
        let file = try KeyFile()
        try await Self.serve({ $0.apiKeyFile = file.path }) { port, _ in
            for (fields, status) in [
                ([:], 401), (["Authorization": "Token wrong-key-of-nobody"], 401),
                (["Authorization": "Token \(KeyFile.speaker)"], 101),
                (["Authorization": "token \(KeyFile.admin)"], 403),
                (["Sec-WebSocket-Protocol": "token, \(KeyFile.speaker)"], 101),
                (["Sec-WebSocket-Protocol": "token"], 401),
                (["Sec-WebSocket-Protocol": "token, \(KeyFile.metrics)"], 403),
            ] as [([String: String], Int)] {
                let (client, answer) = try await Self.connect(port, Self.query, fields)
                #expect(answer.status == status)
                #expect(
                    answer.fields["sec-websocket-protocol"]
                        == (status == 101 && fields.keys.contains("Sec-WebSocket-Protocol") ? "token" : nil))
                await client.leave()
            }
        }
    }

    @Test func shutdownSendsTheLastResultAndTheMetadata() async throws {
        try await Self.serve { port, server in
            var (client, _) = try await Self.connect(port)
            try await client.send(binary: try Speech.bytes("06_"))
            try await client.send(text: #"{"type":"Finalize"}"#)
            var text = Self.transcript(try await client.message())
            await server.drain()
            var last = try await client.message()
            while last["type"] as? String != "Metadata" {
                text += Self.transcript(last)
                last = try await client.message()
            }
            #expect(!text.isEmpty)
            #expect(try await client.rest() == ["close 1001 server shutdown"])
        }
    }

    @Test(arguments: [3_202, 3_203]) func aFinalizeMaySplitASample(_ count: Int) async throws {
        let expected = try await RunningServer.expected("08_").words.map(\.text).joined(separator: " ")
        try await Self.serve { port, _ in
            var (client, _) = try await Self.connect(port)
            let recording = try Speech.bytes("08_")
            try await client.send(binary: Array(recording[..<count]))
            try await client.send(text: #"{"type":"Finalize"}"#)
            try await client.send(binary: Array(recording[count...]))
            try await client.send(text: #"{"type":"CloseStream"}"#)
            var texts: [String] = []
            var last: [String: Any] = [:]
            while last["type"] as? String != "Metadata" {
                last = try await client.message()
                if last["is_final"] as? Bool == true { texts.append(Self.transcript(last)) }
            }
            #expect(texts.filter { !$0.isEmpty }.joined(separator: " ") == expected)
        }
    }
}

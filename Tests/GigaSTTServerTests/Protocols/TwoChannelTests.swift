import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Two recordings as the two channels of a call, through the socket: each text is that of the channel in a file.
@Suite struct TwoChannelTests {
    /// The samples of both, alternating; the shorter one ends with silence.
    private static func interleaved() throws -> [Float] {
        let sides = try ["07_", "08_"].map { try Recordings.samples(Recordings.named($0)) }
        let count = sides.map(\.count).max() ?? 0
        return (0..<count).flatMap { index in sides.map { index < $0.count ? $0[index] : 0 } }
    }

    private static func bytes() throws -> [UInt8] {
        try interleaved().flatMap { sample -> [UInt8] in
            let value = UInt16(bitPattern: Int16(sample * 32_768))
            return [UInt8(value & 255), UInt8(value >> 8)]
        }
    }

    /// What `channels=split` makes of the file: the words of each channel as they are written.
    private static func expected() async throws -> [[String]] {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let url = folder.url.appendingPathComponent("stereo.wav")
        let bytes = try bytes()
        try (WaveFile.header(byteCount: UInt32(bytes.count), channels: 2) + Data(bytes)).write(to: url)
        let recognizer = try await RunningServer.recognizer(workers: 1)
        var options = TranscriptionOptions()
        options.channels = .apart
        options.endpointing = EndpointMode.auto.endpointing(silence: .milliseconds(500), hasModel: false)
        let transcript = try await recognizer.transcribe(url, options: options)
        await recognizer.shutDown()
        let channels = (0..<2).map { channel in
            transcript.segments.filter { $0.words.first?.speaker == channel }.map(\.text)
        }
        try #require(channels.allSatisfy { !$0.isEmpty } && channels[0] != channels[1])
        return channels
    }

    private static func send(_ recording: [UInt8], to client: WireClient) async throws {
        // 150 ms, and no whole frame.
        for start in stride(from: 0, to: recording.count, by: 9_602) {
            try await client.send(binary: Array(recording[start..<min(start + 9_602, recording.count)]))
        }
    }

    /// The finals of each channel.
    private static func texts(
        _ messages: [[String: Any]], _ read: ([String: Any]) -> (channel: Int?, text: String?)
    ) -> [[String]] {
        var texts: [[String]] = [[], []]
        for message in messages {
            let (channel, text) = read(message)
            if let channel, let text, !text.isEmpty { texts[channel].append(text) }
        }
        return texts
    }

    private static func messages(_ client: WireClient) async -> [[String: Any]] {
        var client = client
        var messages: [[String: Any]] = []
        while let message = try? await client.message() { messages.append(message) }
        return messages
    }

    private static func connect(_ port: Int, _ path: String) async throws -> WireClient {
        var client = try await WireClient(port: port)
        try #require(try await client.request("GET", path, WireClient.upgradeFields).status == 101)
        return client
    }

    /// As metadata of jambonz' `listen`, and in the address of `mod_audio_fork` and `mod_audio_stream`.
    @Test(arguments: [true, false]) func aCallOfFreeSWITCHHasTwoTexts(isMetadata: Bool) async throws {
        let expected = try await Self.expected()
        try await RunningServer.use({ $0.telephony = [.freeswitch] }) { port, server in
            let reader = try await Self.connect(port, "/v1/calls/call")
            let query = isMetadata ? "" : "?sample_rate=16000&mix_type=stereo&call_id=call"
            let client = try await Self.connect(port, "/v1/fork\(query)")
            if isMetadata {
                try await client.send(text: #"{"callSid":"call","sampleRate":16000,"mixType":"stereo"}"#)
            }
            try await Self.send(try Self.bytes(), to: client)
            await server.wait(for: 2, of: .sessions)
            try await client.send(binary: [])
            let heard = Self.texts(await Self.messages(client)) { message in
                let data = message["data"] as? [String: Any]
                let text = (data?["alternatives"] as? [[String: Any]])?.first?["transcript"] as? String
                return (data?["channel"] as? Int, text)
            }
            #expect(heard == expected)
            let call = await Self.messages(reader)
            #expect(call.first?["type"] as? String == "ready" && call.first?["channels"] as? Int == 2)
            let read = Self.texts(call.filter { $0["type"] as? String == "final" }) {
                ($0["channel"] as? Int, $0["text"] as? String)
            }
            #expect(read == expected)
            await server.wait(for: 0, of: .sessions)
        }
    }

    @Test func deepgramsChannelsHaveTheirIndex() async throws {
        let expected = try await Self.expected()
        try await RunningServer.use({ $0.servesDeepgram = true }) { port, server in
            let query = "encoding=linear16&sample_rate=16000&channels=2&multichannel=true&smart_format=true"
            let client = try await Self.connect(port, "/v1/listen?\(query)")
            try await Self.send(try Self.bytes(), to: client)
            try await client.send(text: #"{"type":"CloseStream"}"#)
            let messages = await Self.messages(client)
            let heard = Self.texts(messages.filter { $0["is_final"] as? Bool == true }) { message in
                let alternatives = (message["channel"] as? [String: Any])?["alternatives"] as? [[String: Any]]
                let index = message["channel_index"] as? [Int]
                return (index?.last == 2 ? index?.first : nil, alternatives?.first?["transcript"] as? String)
            }
            #expect(heard == expected)
            #expect(messages.last?["type"] as? String == "Metadata" && messages.last?["channels"] as? Int == 2)
            // The recording of the same query without `encoding`.
            var poster = try await WireClient(port: port)
            let bytes = try Self.bytes()
            let file = Array(WaveFile.header(byteCount: UInt32(bytes.count), channels: 2)) + bytes
            let answer = try await poster.request("POST", "/v1/listen?multichannel=true&smart_format=true", body: file)
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            let channels = (object?["results"] as? [String: Any])?["channels"] as? [[String: Any]]
            let texts = channels?.map { channel in
                (channel["alternatives"] as? [[String: Any]])?.first?["transcript"] as? String
            }
            #expect(texts == expected.map { $0.joined(separator: " ") })
            await server.wait(for: 0, of: .sessions)
        }
    }

    @Test func aStreamThatIsClosedBeforeItsAudioHasMetadata() async throws {
        try await RunningServer.use({ $0.servesDeepgram = true }) { port, _ in
            let query = "encoding=linear16&sample_rate=16000&channels=2&multichannel=true"
            let client = try await Self.connect(port, "/v1/listen?\(query)")
            try await client.send(text: #"{"type":"CloseStream"}"#)
            let messages = await Self.messages(client)
            #expect(messages.map { $0["type"] as? String } == ["Metadata"])
            #expect(messages.first?["channels"] as? Int == 2 && messages.first?["duration"] as? Double == 0)
        }
    }

    /// `Finalize` with a channel ends the utterance of this one only.
    @Test func aChannelIsFinalizedAlone() async throws {
        try await RunningServer.use({ $0.servesDeepgram = true }) { port, _ in
            let query = "encoding=linear16&sample_rate=16000&channels=2&multichannel=true&endpointing=false"
            var client = try await Self.connect(port, "/v1/listen?\(query)")
            try await Self.send(try Self.bytes(), to: client)
            try await client.send(text: #"{"type":"Finalize","channel":1}"#)
            let first = try await client.message()
            #expect(first["channel_index"] as? [Int] == [1, 2] && first["from_finalize"] as? Bool == true)
            try await client.send(text: #"{"type":"CloseStream"}"#)
            let rest = await Self.messages(client)
            let finalized = rest.filter { $0["from_finalize"] as? Bool == true }
            #expect(finalized.allSatisfy { $0["channel_index"] as? [Int] == [1, 2] })
            #expect(rest.contains { $0["channel_index"] as? [Int] == [0, 2] })
        }
    }

    @Test func aSilentChannelOfARecordingIsListed() async throws {
        let speech = try Speech.bytes("07_")
        let bytes = stride(from: 0, to: speech.count, by: 2).flatMap { index -> [UInt8] in
            [speech[index], speech[index + 1], 0, 0]
        }
        let file = Array(WaveFile.header(byteCount: UInt32(bytes.count), channels: 2)) + bytes
        try await RunningServer.use({ $0.servesDeepgram = true }) { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("POST", "/v1/listen?multichannel=true", body: file)
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            let channels = (object?["results"] as? [String: Any])?["channels"] as? [[String: Any]]
            let isBlank = channels?.map { channel in
                (channel["alternatives"] as? [[String: Any]])?.first?["transcript"] as? String == ""
            }
            #expect(isBlank == [false, true])
            #expect((object?["metadata"] as? [String: Any])?["channels"] as? Int == 2)
        }
    }

    /// Each has one of the two places when it asks for another.
    @Test func sessionsThatNeedTwoPlacesDoNotBlockEachOther() async throws {
        try await RunningServer.use({
            $0.telephony = [.freeswitch]
            $0.budget.sessions = .init(total: 2)
            $0.queueTimeout = .seconds(30)
        }) { port, server in
            var clients: [WireClient] = []
            for _ in 0..<2 { clients.append(try await Self.connect(port, "/v1/fork?mix_type=stereo")) }
            await server.wait(for: 2, of: .sessions)
            for client in clients {
                try await client.send(binary: [UInt8](repeating: 0, count: 640))
                try await client.send(binary: [])
            }
            for var client in clients { #expect(try await client.rest() == ["close 1000 "]) }
            await server.wait(for: 0, of: .sessions)
        }
    }

    /// One place is not enough for two channels, and nothing waits for ever.
    @Test func aSecondChannelNeedsAPlace() async throws {
        try await RunningServer.use({
            $0.telephony = [.freeswitch]
            $0.budget.sessions = .init(total: 1)
            $0.queueTimeout = .seconds(1)
        }) { port, server in
            var client = try await Self.connect(port, "/v1/fork?mix_type=stereo")
            try await client.send(binary: [UInt8](repeating: 0, count: 640))
            let data = try await client.message()["data"] as? [String: Any]
            #expect(data?["code"] as? String == "timeout")
            #expect(try await client.rest() == ["close 1013 try again later"])
            await server.wait(for: 0, of: .sessions)
        }
    }
}

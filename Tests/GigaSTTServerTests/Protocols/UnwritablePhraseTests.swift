import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Phrases that the model cannot write, with protocols that are not our own: their message where they have one, and the
/// log of the operator, without the phrases.
@Suite struct UnwritablePhraseTests {
    private static let line = "notice hotwords that the model cannot write are not preferred count=1 protocol="

    /// The lines of the log about phrases.
    private static func log(
        of port: ProtocolPort?, deepgram: Bool = false, _ speak: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> [String] {
        let record = LogRecord()
        try await RunningServer.serve(
            { settings in
                settings.servesDeepgram = deepgram
                if let port { settings.listeners[port] = ListenAddress("127.0.0.1:0") }
            }, logger: record.logger
        ) { address, _ in
            try await speak(port.flatMap { address.listeners[$0]?.port } ?? address.port)
        }
        #expect(!record.lines.contains { $0.contains("ChatGPT") })
        return record.lines.filter { $0.contains("hotwords") }.map { line in
            // The logger of a session has further facts.
            let facts = line.split(separator: " ").filter { $0.hasPrefix("count=") || $0.hasPrefix("protocol=") }
            return (line.components(separatedBy: " preferred")[0] + " preferred " + facts.joined(separator: " "))
        }
    }

    @Test func deepgramHasWarnings() async throws {
        let (speech, file) = (try Speech.bytes("07_"), try Speech.file("07_"))
        let lines = try await Self.log(of: nil, deepgram: true) { port in
            var client = try await WireClient(port: port)
            let keyterms = "keyterm=ChatGPT&keyterm=%D0%B4%D0%BE%D0%BC"
            for (query, phrases) in [("", nil), (keyterms, ["ChatGPT"])] as [(String, [String]?)] {
                let answer = try await client.request("POST", "/v1/listen?\(query)", body: file)
                let metadata = try answer.object["metadata"] as? [String: Any]
                let warnings = metadata?["warnings"] as? [[String: Any]]
                #expect(warnings?.map { $0["phrases"] as? [String] } == phrases.map { [$0] })
                #expect(warnings?.allSatisfy { $0["type"] as? String == "hotwords_not_spellable" } != false)
            }
            await client.leave()
            var live = try await WireClient(port: port)
            let query = "encoding=linear16&sample_rate=16000&keyterm=ChatGPT"
            let answer = try await live.request("GET", "/v1/listen?\(query)", WireClient.upgradeFields)
            try #require(answer.status == 101)
            try await live.send(binary: speech)
            try await live.send(text: #"{"type":"CloseStream"}"#)
            var last: [String: Any] = [:]
            while last["type"] as? String != "Metadata" { last = try await live.message() }
            #expect((last["warnings"] as? [[String: Any]])?.first?["phrases"] as? [String] == ["ChatGPT"])
        }
        #expect(lines == [Self.line + "deepgram"])
    }

    @Test func realtimeHasNotesWithItsSession() async throws {
        let speech = try Speech.bytes("07_")
        let lines = try await Self.log(of: nil) { port in
            var client = try await WireClient(port: port)
            let answer = try await client.request("GET", "/v1/realtime?intent=transcription", WireClient.upgradeFields)
            try #require(answer.status == 101)
            #expect(try await client.message()["notes"] == nil)
            for (keywords, phrases) in [(#""дом""#, nil), (#""дом","ChatGPT""#, ["ChatGPT"])] as [(String, [String]?)] {
                let transcription = #"{"keywords":[\#(keywords)]}"#
                let input = #"{"transcription":\#(transcription),"turn_detection":null}"#
                try await client.send(
                    text: #"{"type":"session.update","session":{"audio":{"input":\#(input)}}}"#)
                let event = try await client.message()
                #expect(event["type"] as? String == "session.updated")
                let notes = event["notes"] as? [[String: Any]]
                #expect(notes?.map { $0["phrases"] as? [String] } == phrases.map { [$0] })
            }
            let audio = Data(speech).base64EncodedString()
            try await client.send(text: #"{"type":"input_audio_buffer.append","audio":"\#(audio)"}"#)
            try await client.send(text: #"{"type":"input_audio_buffer.commit"}"#)
            while try await client.message()["transcript"] == nil {}
            await client.leave()
        }
        #expect(lines == [Self.line + "openai-realtime"])
    }

    @Test func voskAndWyomingHaveTheLog() async throws {
        let speech = try Speech.bytes("07_")
        let vosk = try await Self.log(of: .vosk) { port in
            var client = try await WireClient(port: port)
            try #require(try await client.request("GET", "/", WireClient.upgradeFields).status == 101)
            try await client.send(text: #"{"config":{"sample_rate":16000,"phrase_list":["дом","ChatGPT"]}}"#)
            try await client.send(binary: speech)
            try await client.send(text: #"{"eof" : 1}"#)
            _ = try await client.rest()
        }
        #expect(vosk == [Self.line + "vosk"])
        let wyoming = try await Self.log(of: .wyoming) { port in
            var client = try await WireClient(port: port)
            let format = #"{"rate":16000,"width":2,"channels":1}"#
            func event(_ type: String, _ data: String, _ payload: [UInt8] = []) -> [UInt8] {
                Array(#"{"type":"\#(type)","data":\#(data),"payload_length":\#(payload.count)}"#.utf8) + [10] + payload
            }
            try await client.send(
                raw: event("transcribe", #"{"transcript_names":["ChatGPT"]}"#) + event("audio-start", format)
                    + event("audio-chunk", format, speech) + event("audio-stop", "{}"))
            _ = await client.remainder()
        }
        #expect(wyoming == [Self.line + "wyoming"])
    }
}

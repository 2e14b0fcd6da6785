import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Phrases of a request. The built-in model hears "чторы" for "шторы" in the first recording.
@Suite struct HotwordTests {
    private static let phrase = "%D1%88%D1%82%D0%BE%D1%80%D1%8B"

    @Test func aQueryPrefersItsPhrases() async throws {
        let body = try Speech.file("01_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for (query, isWritten) in [
                ("", false), ("?hotwords=\(Self.phrase)", true), ("?hotwords=%D0%B0,+\(Self.phrase)+,", true),
                ("?hotwords=\(Self.phrase)&hotwords_boost=0", false), ("?hotwords=", false),
                ("?hotwords_boost=9", false),
                ("?hotwords=ChatGPT", false),
            ] {
                let answer = try await client.request("POST", "/v1/transcribe\(query)", body: body)
                #expect(answer.status == 200 && answer.body.contains("шторы") == isWritten, "\(query)")
            }
            await client.leave()
        }
    }

    @Test func aRequestReplacesThePhrasesOfTheServer() async throws {
        let body = try Speech.file("01_")
        let load: @Sendable () async throws -> Recognizer = {
            var configuration = RecognizerConfiguration()
            configuration.hotwords = ["шторы"]
            return try await Recognizer(.demo, configuration: configuration)
        }
        try await RunningServer.use(load: load) { port, _ in
            var client = try await WireClient(port: port)
            for (query, isWritten) in [("", true), ("?hotwords=", false), ("?hotwords=%D0%B0", false)] {
                let answer = try await client.request("POST", "/v1/transcribe\(query)", body: body)
                #expect(answer.status == 200 && answer.body.contains("шторы") == isWritten, "\(query)")
            }
            await client.leave()
        }
    }

    @Test func aFormPrefersItsPhrases() async throws {
        let file = try Speech.file("01_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let many = Array(repeating: "а", count: 65).joined(separator: ",")
            for (fields, expected) in [
                ([("hotwords", "шторы")], "шторы"), ([("hotwords", "шторы"), ("stream", "true")], "шторы"),
                ([("hotwords", "шторы"), ("hotwords_boost", "0")], "чторы"),
                ([("hotwords_boost", "much")], "invalid_field"), ([("hotwords", many)], "too_many_hotwords"),
                ([("hotwords", many.replacing(",", with: ""))], "hotword_phrase_too_long"),
            ] {
                let answer = try await client.request(
                    "POST", "/v1/audio/transcriptions", Form.contentType, body: Form.bytes(fields, file: file))
                #expect(answer.body.contains(expected), "\(fields)")
            }
            await client.leave()
        }
    }

    @Test func aSessionPrefersItsPhrases() async throws {
        let speech = try Speech.bytes("01_")
        try await RunningServer.use { port, _ in
            for (members, isWritten) in [
                (#""hotwords":"шторы""#, true), (#""hotwords":"шторы","hotwords_boost":0.5"#, false),
                (#""hotwords":["шторы"]"#, false),
            ] {
                var client = try await WireClient.live(port: port)
                try await client.send(text: Speech.configure)
                try await client.send(text: #"{"type":"configure",\#(members)}"#)
                try await client.send(binary: speech)
                try await client.send(text: Speech.stop)
                let log = try await client.rest()
                #expect(log.contains { $0.hasPrefix("final: ") && $0.contains("шторы") } == isWritten, "\(log)")
                #expect(log.contains("invalid_configure") == members.contains("["))
            }
        }
    }
}

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

    /// Twelve phrases that the model cannot write, and one that it can.
    private static let foreign = (1...12).map { "Chat\($0)" }

    /// The notes on phrases of an answer, without their message.
    private func notes(_ object: [String: Any]) -> [String] {
        (object["notes"] as? [[String: Any]] ?? []).map { note in
            #expect(note["message"] as? String != nil)
            let phrases = note["phrases"] as? [String] ?? []
            return "\(note["code"] ?? "") \(phrases.joined(separator: "|")) \(note["count"] ?? "")"
        }
    }

    @Test func phrasesThatTheModelCannotWriteAreReported() async throws {
        let file = try Speech.file("07_")
        let folder = try TemporaryFolder()
        let list = (Self.foreign + ["шторы"]).joined(separator: ",")
        let encoded = try #require(list.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed))
        let many = ["hotwords_not_spellable \(Self.foreign.prefix(10).joined(separator: "|")) 12"]
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            var client = try await WireClient(port: port)
            for (query, expected) in [
                ("", []), ("?hotwords=", []), ("?hotwords=\(Self.phrase)", []),
                ("?hotwords=\(Self.phrase),ChatGPT", ["hotwords_not_spellable ChatGPT 1"]),
                ("?hotwords=\(encoded)", many),
            ] {
                let answer = try await client.request("POST", "/v1/transcribe\(query)", body: file)
                #expect(try answer.status == 200 && notes(answer.object) == expected, "\(query)")
                #expect(answer.body.contains("notes") == !expected.isEmpty)
            }
            for (fields, expected) in [
                ([], []), ([("hotwords", "шторы")], []), ([("hotwords", list)], many),
                ([("keywords[]", "ChatGPT")], ["hotwords_not_spellable ChatGPT 1"]),
                ([("hotwords", list), ("response_format", "verbose_json")], many),
            ] as [([(String, String)], [String])] {
                let answer = try await client.request(
                    "POST", "/v1/audio/transcriptions", Form.contentType, body: Form.bytes(fields, file: file))
                #expect(try answer.status == 200 && notes(answer.object) == expected, "\(fields)")
            }
            for (phrases, count) in [("шторы", 0), ("шторы,ChatGPT", 1)] {
                let form = Form.bytes([("hotwords", phrases), ("stream", "true")], file: file)
                let stream = try await client.request(
                    "POST", "/v1/audio/transcriptions", Form.contentType, body: form)
                let done = stream.body.split(separator: "\n").first { $0.contains("transcript.text.done") } ?? ""
                let object = try JSONSerialization.jsonObject(with: Data(done.dropFirst("data: ".count).utf8))
                #expect(notes(object as? [String: Any] ?? [:]).count == count)
            }
            await client.leave()
            let jobs = JobClient(port: port)
            let job = try await jobs.submit(file, query: "?hotwords=\(encoded)")
            _ = try await jobs.wait(job)
            #expect(notes(try await jobs.send("GET", "/v1/jobs/\(job)/result").object) == many)
        }
    }

    @Test func aSessionIsToldOfPhrasesThatTheModelCannotWrite() async throws {
        let speech = try Speech.bytes("07_")
        let list = (Self.foreign + ["шторы"]).joined(separator: ",")
        try await RunningServer.use { port, _ in
            for (members, expected) in [
                ([#""hotwords":"шторы""#, #""hotwords":"""#, #""itn":false"#], []),
                // Said once for each list.
                (
                    [#""hotwords":"ChatGPT,шторы""#, #""itn":false"#, #""hotwords":"\#(list)""#],
                    [(["ChatGPT"], 1), (Array(Self.foreign.prefix(10)), 12)]
                ),
            ] as [([String], [([String], Int)])] {
                var client = try await WireClient.live(port: port)
                try await client.send(text: Speech.configure)
                for member in members { try await client.send(text: #"{"type":"configure",\#(member)}"#) }
                try await client.send(binary: speech)
                try await client.send(text: Speech.stop)
                var (notes, types) = ([[String: Any]](), Set<String>())
                while let message = try? await client.message() {
                    let type = message["type"] as? String ?? ""
                    if type == "note" { notes.append(message) } else { types.insert(type) }
                    if message["endpoint_reason"] as? String == "stop" { break }
                }
                #expect(types.isSubset(of: ["partial", "final"]) && types.contains("final"))
                #expect(notes.map { $0["code"] as? String } == expected.map { _ in "hotwords_not_spellable" })
                #expect(notes.map { $0["phrases"] as? [String] } == expected.map(\.0))
                #expect(notes.map { $0["count"] as? Int } == expected.map(\.1))
                #expect(notes.allSatisfy { $0["message"] as? String != nil })
                await client.leave()
            }
        }
    }
}

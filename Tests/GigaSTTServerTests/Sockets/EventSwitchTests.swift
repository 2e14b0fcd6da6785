import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// The switches of a request on `/v1/transcribe/stream`: those of `/v1/transcribe`, with its answers.
@Suite struct EventSwitchTests {
    private static let phrase = "%D1%88%D1%82%D0%BE%D1%80%D1%8B"  // шторы, which the model hears as "чторы"

    /// The types of the events, and the text of the finals.
    private static func events(_ body: String) throws -> (objects: [[String: Any]], text: String) {
        let objects = try body.split(separator: "\n\n").map {
            try JSONSerialization.jsonObject(with: Data($0.dropFirst("data: ".count).utf8)) as? [String: Any] ?? [:]
        }
        let finals = objects.filter { $0["type"] as? String == "final" }
        return (objects, finals.compactMap { $0["text"] as? String }.joined(separator: " "))
    }

    @Test func phrasesArePreferredAndReported() async throws {
        let body = try Speech.file("01_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for (query, isWritten, unwritable) in [
                ("", false, nil), ("?hotwords=\(Self.phrase)", true, nil),
                ("?hotwords=\(Self.phrase)&hotwords_boost=0", false, nil), ("?hotwords=ChatGPT", false, ["ChatGPT"]),
                ("?hotwords=\(Self.phrase),ChatGPT&partials=true", true, ["ChatGPT"]),
            ] as [(String, Bool, [String]?)] {
                let answer = try await client.request("POST", "/v1/transcribe/stream\(query)", body: body)
                let (objects, text) = try Self.events(answer.body)
                #expect(answer.status == 200 && text.contains("шторы") == isWritten, "\(query)")
                let notes = objects.filter { $0["type"] as? String == "note" }
                #expect(notes.map { $0["phrases"] as? [String] } == (unwritable.map { [$0] } ?? []), "\(query)")
                #expect(notes.allSatisfy { $0["code"] as? String == "hotwords_not_spellable" })
            }
            await client.leave()
        }
    }

    /// A stream that is complete says so when it is asked to, with the duration of `/v1/transcribe`; silence, too.
    @Test func theEndIsMarkedOnRequest() async throws {
        let silence = [UInt8](WaveFile.header(byteCount: 64_000)) + [UInt8](repeating: 0, count: 64_000)
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for (body, hasSpeech) in [(try Speech.file("12_"), true), (silence, false)] {
                let whole = try await client.request("POST", "/v1/transcribe", body: body)
                let json = try JSONSerialization.jsonObject(with: Data(whole.body.utf8)) as? [String: Any]
                for query in ["", "?end=false", "?end=true", "?end=true&hotwords=ChatGPT"] {
                    let answer = try await client.request("POST", "/v1/transcribe/stream\(query)", body: body)
                    let objects = try Self.events(answer.body).objects
                    let ends = objects.filter { $0["type"] as? String == "end" }
                    #expect(ends.count == (query.contains("true") ? 1 : 0), "\(query)")
                    #expect(objects.contains { $0["type"] as? String == "final" } == hasSpeech)
                    if ends.isEmpty { continue }
                    #expect(objects.last?["type"] as? String == "end")
                    #expect(ends[0]["duration"] as? Double == json?["duration"] as? Double && ends[0].count == 2)
                }
            }
            let refused = try await client.request("POST", "/v1/transcribe/stream?end=1", body: silence)
            #expect(refused.status == 400 && refused.body.contains(#""code":"invalid_query""#))
            await client.leave()
        }
    }

    /// Every refusal is that of `/v1/transcribe`, and comes before the stream.
    @Test func refusalsAreThoseOfTranscribe() async throws {
        let body = try Speech.file("07_")
        let many = Array(repeating: "a", count: 65).joined(separator: ",")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for (query, expected) in [
                ("hotwords=\(many)", "too_many_hotwords"),
                ("hotwords=\(many.replacing(",", with: ""))", "hotword_phrase_too_long"),
                ("hotwords_boost=much", "invalid_query"), ("vad=true", "vad_not_loaded"), ("vad=1", "invalid_query"),
                ("variant=e2e_rnnt", "variant_not_loaded"), ("codec=mp3", "unsupported_codec"),
                ("codec=pcmu", "invalid_sample_rate"), ("track=0", "invalid_query"),
                ("word_times=raw", "invalid_query"), ("punctuation=true", "punctuation_not_available"),
            ] {
                for path in ["/v1/transcribe", "/v1/transcribe/stream"] {
                    let answer = try await client.request("POST", "\(path)?\(query)", body: body)
                    let code = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
                    #expect(answer.status >= 400 && code?["code"] as? String == expected, "\(path) \(query)")
                }
            }
            for (query, status) in [("itn=true&itn=true", 400), ("x=1&x=2&y=%", 200), ("x=%FF&itn=maybe", 400)] {
                let answer = try await client.request("POST", "/v1/transcribe/stream?\(query)", body: body)
                #expect(answer.status == status, "\(query)")
            }
            await client.leave()
        }
    }

    @Test func theOtherSwitchesDoWhatTheyDoForTranscribe() async throws {
        let file = try Speech.file("07_")
        // The samples as G.711, by the formula of the standard: one octet each.
        let samples = try Speech.bytes("07_")
        let octets = stride(from: 0, to: samples.count - 1, by: 4).map { index in
            MuLaw.octet(Int16(truncatingIfNeeded: Int(samples[index]) | Int(samples[index + 1]) << 8))
        }
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for (query, body) in [
                ("word_times=compat", file), ("vad=false", file), ("track=1", file), ("variant=rnnt", file),
                ("channels=split", file), ("codec=pcmu&sample_rate=8000", octets),
            ] {
                let whole = try await client.request("POST", "/v1/transcribe?\(query)", body: body)
                let stream = try await client.request("POST", "/v1/transcribe/stream?\(query)", body: body)
                #expect(whole.status == 200 && stream.status == 200, "\(query)")
                let (objects, text) = try Self.events(stream.body)
                let expected = try whole.object
                #expect(text == expected["text"] as? String && !text.isEmpty, "\(query)")
                let ends = { (words: Any?) in (words as? [[String: Any]] ?? []).map { $0["end"] as? Double } }
                #expect(objects.flatMap { ends($0["words"]) } == ends(expected["words"]), "\(query)")
            }
            await client.leave()
        }
    }
}

/// G.711, µ-law (ITU-T G.711, table 2).
private enum MuLaw {
    static func octet(_ sample: Int16) -> UInt8 {
        let magnitude = min(Int(sample.magnitude), 32_635) + 132
        let exponent = max(0, Int.bitWidth - magnitude.leadingZeroBitCount - 8)
        let code = exponent << 4 | magnitude >> (exponent + 3) & 15
        return ~UInt8(code | (sample < 0 ? 128 : 0))
    }
}

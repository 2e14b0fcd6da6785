import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Numbers in the texts of every interface, by the server's setting and by the client's wish.
@Suite struct TextFormattingTests {
    private static let item = "04_"
    private static let compatible = "это стоит 3249 рублей 90 копеек"

    private func object(_ text: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    @Test func aRequestSaysHowNumbersAreWritten() async throws {
        let item = try Recordings.named(Self.item)
        let body = [UInt8](try Data(contentsOf: item.url))
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            func text(_ query: String) async throws -> String {
                try await client.request("POST", "/v1/transcribe?format=txt&\(query)", body: body).body
            }
            #expect(try await text("") == item.written)
            #expect(try await text("itn=true") == item.written)
            #expect(try await text("itn=false&itn_policy=compat") == item.text)
            #expect(try await text("itn_policy=compat") == Self.compatible)
            let subtitles = try await client.request("POST", "/v1/transcribe?format=srt", body: body).body
            #expect(subtitles.split(separator: "\n").contains(item.written[...]))
            let json = try await client.request("POST", "/v1/transcribe?spans=true&segments=true", body: body)
            let object = try object(json.body)
            let words = (object["words"] as? [[String: Any]] ?? []).compactMap { $0["word"] as? String }
            #expect(words.joined(separator: " ") == item.text && object["text"] as? String == item.written)
            #expect((object["segments"] as? [[String: Any]])?.first?["text"] as? String == item.written)
            let spans = object["spans"] as? [[String: Any]] ?? []
            #expect(spans.compactMap { $0["text"] as? String } == ["это", "стоит", "3249,90 ₽"])
            #expect(spans.compactMap { $0["words"] as? [Int] } == [[0], [1], [2, 3, 4, 5, 6, 7, 8, 9]])
            #expect(spans.compactMap { $0["start"] as? Int } == [0, 4, 10])
            let plain = try await client.request("POST", "/v1/transcribe", body: body)
            #expect(try self.object(plain.body)["spans"] == nil)
            let form = Form.bytes([("itn", "false"), ("response_format", "text")], file: body)
            let raw = try await client.request("POST", "/v1/audio/transcriptions", Form.contentType, body: form)
            #expect(raw.body == item.text)
            let policy = Form.bytes([("itn_policy", "compat"), ("stream", "true")], file: body)
            let stream = try await client.request("POST", "/v1/audio/transcriptions", Form.contentType, body: policy)
            #expect(stream.body.contains(Self.compatible))
            let events = try await client.request(
                "POST", "/v1/transcribe/stream?spans=true&itn_policy=compat&other=1", body: body)
            #expect(
                events.body.contains(#""text":"\#(Self.compatible)""#)
                    && events.body.contains(#""spans":[{"text":"это""#))
            for (query, code) in [
                ("itn=maybe", "400 invalid_query"), ("punctuation=true", "409 punctuation_not_available"),
            ] {
                for path in ["/v1/transcribe", "/v1/transcribe/stream"] {
                    let answer = try await client.request("POST", "\(path)?\(query)", body: body)
                    let reason = try self.object(answer.body)["code"] as? String ?? ""
                    #expect("\(answer.status) \(reason)" == code)
                }
            }
            await client.leave()
        }
    }

    @Test func theServerIsSetOtherwise() async throws {
        let item = try Recordings.named(Self.item)
        let body = [UInt8](try Data(contentsOf: item.url))
        try await RunningServer.use({ $0.text.numbers = false }) { port, _ in
            var client = try await WireClient(port: port)
            for path in ["/v1/models", "/health"] {
                #expect(try object(try await client.request("GET", path).body)["itn"] as? Bool == false)
            }
            let raw = try await client.request("POST", "/v1/transcribe?format=txt", body: body)
            #expect(raw.body == item.text)
            let wanted = try await client.request("POST", "/v1/transcribe?format=txt&itn=true", body: body)
            #expect(wanted.body == item.written)
            await client.leave()
        }
    }

    @Test(arguments: [
        ("", false), (#""itn":false,"#, false), (#""itn_policy":"compat","#, false), (#""spans":true,"#, true),
    ])
    func aLiveSessionSaysHowNumbersAreWritten(members: String, hasSpans: Bool) async throws {
        let item = try Recordings.named(Self.item)
        let bytes = try Speech.bytes(Self.item)
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: #"{"type":"configure",\#(members)"sample_rate":16000}"#)
            try await client.send(binary: bytes)
            try await client.send(text: Speech.stop)
            var finals: [[String: Any]] = []
            while let message = try? await client.message() {
                if message["type"] as? String == "final" { finals.append(message) }
                if message["endpoint_reason"] as? String == "stop" { break }
            }
            let text = finals.compactMap { $0["text"] as? String }.filter { !$0.isEmpty }.joined(separator: " ")
            let expected =
                members.contains("false") ? item.text : members.contains("compat") ? Self.compatible : item.written
            #expect(text == expected)
            let spans = finals.flatMap { $0["spans"] as? [[String: Any]] ?? [] }.compactMap { $0["text"] as? String }
            #expect(spans == (hasSpans ? ["это", "стоит", "3249,90 ₽"] : []))
            await client.leave()
        }
    }

    /// The telephone number of a recording, by every interface and in every format: no part of it is left.
    @Test func aMaskedNumberIsInNoAnswer() async throws {
        let item = try Recordings.named("05")
        let body = [UInt8](try Data(contentsOf: item.url))
        let parts = item.text.split(separator: " ").dropFirst(3).map(String.init) + ["912", "345-67-89"]
        try await RunningServer.use({ $0.text.masks = [.personal] }) { port, _ in
            var client = try await WireClient(port: port)
            func isClean(_ answer: String, sourceLocation: SourceLocation = #_sourceLocation) {
                #expect(answer.contains("***"), sourceLocation: sourceLocation)
                #expect(parts.filter { answer.contains($0) } == [], sourceLocation: sourceLocation)
            }
            for format in ["txt", "json", "srt", "vtt", "md", "ass", "csv"] {
                for itn in [true, false] {
                    let query = "format=\(format)&itn=\(itn)&spans=true&segments=true&word_timestamps=true"
                    isClean(try await client.request("POST", "/v1/transcribe?\(query)", body: body).body)
                }
            }
            let json = try object(try await client.request("POST", "/v1/transcribe", body: body).body)
            #expect(json["text"] as? String == "мой номер ***")
            let masked = json["masked"] as? [[String: Any]] ?? []
            #expect(masked.count == 1 && masked.first?["kind"] as? String == "phone")
            #expect(masked.first?["start"] as? Int == 10 && masked.first?["end"] as? Int == 13)
            isClean(try await client.request("POST", "/v1/transcribe/stream?spans=true", body: body).body)
            let fields = [("response_format", "verbose_json"), ("timestamp_granularities[]", "word")]
            let form = Form.bytes(fields, file: body)
            isClean(try await client.request("POST", "/v1/audio/transcriptions", Form.contentType, body: form).body)
            let shown = try await client.request("POST", "/v1/transcribe?format=txt&mask=none", body: body).body
            #expect(shown == item.written)
            await client.leave()
        }
    }

    @Test func aMaskedNumberIsInNoMessageOfASession() async throws {
        let item = try Recordings.named("05")
        let bytes = try Speech.bytes("05_")
        // The first digit is shown until the second group is heard.
        let parts = item.text.split(separator: " ").dropFirst(3).filter { $0 != "восемь" } + ["912", "345-67-89"]
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(
                text: #"{"type":"configure","protocol_version":"1.2","mask":"personal","sample_rate":16000}"#)
            for start in stride(from: 0, to: bytes.count, by: 6_400) {
                try await client.send(binary: Array(bytes[start..<min(start + 6_400, bytes.count)]))
            }
            try await client.send(text: Speech.stop)
            var finals: [String] = []
            while let message = try? await client.message() {
                let texts = ["text", "committed", "tentative"].compactMap { message[$0] as? String }
                let words = (message["words"] as? [[String: Any]] ?? []).compactMap { $0["word"] as? String }
                let shown = (texts + words).joined(separator: " ")
                let shownWords = shown.split(separator: " ")
                let leaked = parts.filter { $0.first?.isNumber == true ? shown.contains($0) : shownWords.contains($0) }
                #expect(leaked == [], "\(shown)")
                if message["type"] as? String == "final" {
                    finals += texts.prefix(1).filter { !$0.isEmpty }
                    let kind = (message["masked"] as? [[String: Any]])?.first?["kind"] as? String
                    #expect(kind == "phone" || texts[0].isEmpty)
                }
                if message["endpoint_reason"] as? String == "stop" { break }
            }
            #expect(finals == ["мой номер ***"])
            await client.leave()
        }
    }
}

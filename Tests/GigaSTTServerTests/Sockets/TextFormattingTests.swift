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
}

import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct OpenAITests {
    private static let path = "/v1/audio/transcriptions"

    private func file(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: Recordings.named(name).url)) }

    @Test func everyFormatIsWhatTheLibraryReads() async throws {
        let transcript = try await RunningServer.expected("12_")
        #expect(!transcript.text.isEmpty)
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let file = try file("12_")
            func ask(_ fields: [(String, String)]) async throws -> WireClient.Answer {
                try await client.request(
                    "POST", Self.path, Form.contentType, body: Form.bytes([("model", "whisper-1")] + fields, file: file)
                )
            }
            let json = try await ask([])
            #expect(json.status == 200 && json.fields["content-type"] == "application/json")
            let plain = try JSONSerialization.jsonObject(with: Data(json.body.utf8)) as? [String: Any] ?? [:]
            let usage = plain["usage"] as? [String: Any]
            #expect(Set(plain.keys) == ["text", "usage"] && plain["text"] as? String == transcript.text)
            #expect(usage?["type"] as? String == "duration" && usage?["seconds"] as? Double == transcript.duration)
            let text = try await ask([("response_format", "text")])
            #expect(text.body == transcript.text && text.fields["content-type"] == "text/plain; charset=utf-8")
            let srt = try await ask([("response_format", "srt")])
            #expect(srt.body == transcript.rendered(as: .subRip) && srt.body.hasPrefix("1\n00:00:0"))
            let vtt = try await ask([("response_format", "vtt")])
            #expect(
                vtt.body == transcript.rendered(as: .webVTT) && vtt.fields["content-type"] == "text/vtt; charset=utf-8")
            // With its numbers spelled, one utterance is longer than a line.
            let spelled = Transcript(
                segments: transcript.segments.map {
                    Segment(words: $0.words, start: $0.start, end: $0.end, endpoint: $0.endpoint)
                }, duration: transcript.duration)
            let captions = try await ask([("response_format", "vtt"), ("captions", "broadcast"), ("itn", "false")])
            let expected = spelled.rendered(as: .webVTT, options: RenderingOptions(captions: .broadcast))
            #expect(captions.body == expected && expected != spelled.rendered(as: .webVTT))
            let verbose = try await ask([
                ("response_format", "verbose_json"), ("timestamp_granularities[]", "word"),
                ("timestamp_granularities[]", "segment"), ("language", "russian"),
            ])
            let object = try JSONSerialization.jsonObject(with: Data(verbose.body.utf8)) as? [String: Any] ?? [:]
            #expect(object["language"] as? String == "ru" && object["duration"] as? Double == transcript.duration)
            #expect((object["words"] as? [Any])?.count == transcript.words.count)
            let segments = object["segments"] as? [[String: Any]] ?? []
            // Four sentences with pauses of seconds between them.
            #expect(segments.count == 4 && segments.map { $0["id"] as? Int } == [0, 1, 2, 3])
            #expect(segments.compactMap { $0["text"] as? String }.joined() == " " + transcript.text)
            await client.leave()
        }
    }

    @Test func streamSaysEachUtteranceAsItIsDecided() async throws {
        let transcript = try await RunningServer.expected("12_")
        let spoken = transcript.segments.map(\.text).filter { !$0.isEmpty }
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let body = Form.bytes([("stream", "true"), ("response_format", "text")], file: try file("12_"))
            let answer = try await client.request("POST", Self.path, Form.contentType, body: body)
            #expect(answer.status == 200 && answer.fields["content-type"] == "text/event-stream")
            var events = answer.body.components(separatedBy: "\n\n")
            #expect(events.suffix(2) == ["data: [DONE]", ""])
            events.removeLast(2)
            let objects = try events.map { event in
                try JSONSerialization.jsonObject(with: Data(event.dropFirst("data: ".count).utf8)) as? [String: String]
            }
            #expect(objects.last == ["type": "transcript.text.done", "text": transcript.text])
            let deltas = objects.dropLast().map { $0?["delta"] ?? "" }
            #expect(deltas.map { $0.trimmingCharacters(in: .whitespaces) } == spoken)
            #expect(deltas.joined() == transcript.text)
            await client.leave()
        }
    }

    @Test func mistakesAreToldInTheEnvelope() async throws {
        try await RunningServer.use({ $0.bodyByteLimit = 200_000 }) { port, _ in
            var client = try await WireClient(port: port)
            let noise = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
            let long = Array(repeating: UInt8(ascii: "x"), count: OpenAIForm.fieldByteLimit + 1)
            var tooLong = Form()
            tooLong.add("language", long)
            let cases: [(body: [UInt8], answer: String)] = [
                (Form.bytes(file: nil), "400 missing_file"), (Form.bytes(file: []), "400 empty_body"),
                (Form.bytes(file: noise), "422 transcription_error"),
                (Form.bytes([("stream", "1")], file: noise), "422 invalid_audio"),
                (Form.bytes([("stream", "1"), ("response_format", "vtt")], file: noise), "400 invalid_stream_options"),
                (Form.bytes([("response_format", "x")], file: noise), "400 invalid_response_format"),
                (Form.bytes([("stream", "x")], file: noise), "400 invalid_stream"),
                (Form.bytes([("timestamp_granularities", "x")], file: noise), "400 invalid_timestamp_granularity"),
                (Form.bytes(file: noise).dropLast(10) + [], "400 invalid_multipart"),
                (Array("no form".utf8), "400 invalid_multipart"), (tooLong.body, "400 invalid_multipart"),
                (Form.bytes(file: .init(repeating: 0, count: 200_000)), "413 payload_too_large"),
            ]
            for item in cases {
                let answer = try await client.request("POST", Self.path, Form.contentType, body: item.body)
                #expect("\(answer.status) \(Self.code(answer))" == item.answer)
            }
            let other = try await client.request("POST", Self.path, ["Content-Type": "application/json"], body: noise)
            #expect("\(other.status) \(Self.code(other))" == "400 invalid_multipart")
            let translation = try await client.request("POST", "/v1/audio/translations", Form.contentType, body: noise)
            #expect("\(translation.status) \(Self.code(translation))" == "400 unsupported_task")
            await client.leave()
        }
    }

    /// The code in OpenAI's envelope, all four members of which are there.
    private static func code(_ answer: WireClient.Answer) -> String {
        let object = try? JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        let error = object?["error"] as? [String: Any] ?? [:]
        guard Set(error.keys) == ["message", "type", "param", "code"], error["message"] is String else { return "" }
        return error["code"] as? String ?? ""
    }

    @Test func lastOfSeveralFilesCountsAndLongOnesAreSpooled() async throws {
        let transcript = try await RunningServer.expected("07_")
        let long = try file("10_")
        #expect(long.count > UploadSpool.memoryLimit)
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            var form = Form()
            form.add("file", long, filename: "first.wav")
            form.add("file", try file("07_"))
            form.add("response_format", "text".utf8)
            try await client.send(
                raw: Array(
                    "POST \(Self.path) HTTP/1.1\r\nHost: t\r\nContent-Type: multipart/form-data; boundary=----test4711\r\n"
                        .utf8) + Array("Transfer-Encoding: chunked\r\n\r\n".utf8))
            let body = form.body + Array("------test4711--".utf8)
            for start in stride(from: 0, to: body.count, by: 70_001) {
                let part = body[start..<min(start + 70_001, body.count)]
                try await client.send(raw: Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [13, 10])
            }
            try await client.send(raw: Array("0\r\n\r\n".utf8))
            #expect(try await client.answer().body == transcript.text)
            await client.leave()
        }
    }

    @Test func ignoredFieldsMayHaveAnyLength() async throws {
        let transcript = try await RunningServer.expected("06_")
        let file = try file("06_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for name in ["user", "prompt", "model", "temperature"] {
                var form = Form()
                form.add(name, file + file, filename: "a.wav")
                let body = form.body + Form.bytes([("response_format", "text")], file: file)
                let answer = try await client.request("POST", Self.path, Form.contentType, body: body)
                #expect(answer.status == 200 && answer.body == transcript.text, "\(name)")
            }
            var form = Form()
            form.add("audio", file, filename: "a.wav")
            let body = form.body + Array("------test4711--\r\n".utf8)
            let answer = try await client.request("POST", Self.path, Form.contentType, body: body)
            #expect("\(answer.status) \(Self.code(answer))" == "400 missing_file")
            await client.leave()
        }
    }

    @Test func modelsAreAnObjectAndAList() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("GET", "/v1/models")
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any] ?? [:]
            #expect(object["id"] as? String == "gigastt-demo" && object["object"] as? String == "list")
            let models = object["data"] as? [[String: Any]] ?? []
            #expect(models.count == 1 && models.first?["id"] as? String == "gigastt-demo")
            let one = try await client.request("GET", "/v1/models/gigastt%2Ddemo")
            let model = try JSONSerialization.jsonObject(with: Data(one.body.utf8)) as? [String: Any] ?? [:]
            #expect(one.status == 200 && Set(model.keys) == ["id", "object", "created", "owned_by"])
            #expect(model["object"] as? String == "model" && (model["created"] as? Int ?? 0) > 1_700_000_000)
            let none = try await client.request("GET", "/v1/models/whisper-1")
            #expect("\(none.status) \(Self.code(none))" == "404 model_not_found")
            await client.leave()
        }
    }
}

import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct TranscribeTests {
    private func file(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: Recordings.named(name).url)) }

    private func object(_ answer: WireClient.Answer) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any] ?? [:]
    }

    @Test func recordingIsAnsweredAsTheLibraryReadsIt() async throws {
        let transcript = try await RunningServer.expected("07_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let body = try file("07_")
            let answer = try await client.request("POST", "/v1/transcribe?segments=true", body: body)
            let object = try object(answer)
            #expect(answer.status == 200 && answer.fields["content-type"] == "application/json")
            #expect(object["text"] as? String == transcript.text && !transcript.text.isEmpty)
            #expect((object["words"] as? [Any])?.count == transcript.words.count)
            #expect(object["duration"] as? Double == transcript.duration)
            #expect((object["segments"] as? [Any])?.isEmpty == false)
            // The same connection serves other formats.
            let text = try await client.request("POST", "/v1/transcribe?format=txt&download=", body: body)
            #expect(text.body == transcript.text && text.fields["content-type"] == "text/plain; charset=utf-8")
            #expect(text.fields["content-disposition"]?.hasPrefix(#"attachment; filename="transcript.txt""#) == true)
            let subtitles = try await client.request("POST", "/v1/transcribe?format=srt", body: body)
            #expect(subtitles.body == transcript.rendered(as: .subRip))
            #expect(subtitles.fields["content-type"] == "application/x-subrip; charset=utf-8")
            for (name, format) in [("ass", TranscriptFormat.advancedSubStation), ("csv", .csv), ("rttm", .rttm)] {
                let query = "/v1/transcribe?format=\(name)&captions=broadcast"
                let answer = try await client.request("POST", query, body: body)
                let options = RenderingOptions(captions: .broadcast)
                #expect(answer.body == transcript.rendered(as: format, options: options) && !answer.body.isEmpty)
            }
            await client.leave()
        }
    }

    @Test func longBodyInManyPiecesIsSpooledAndRemoved() async throws {
        let transcript = try await RunningServer.expected("10_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            try await client.send(
                raw: Array(
                    "POST /v1/transcribe?format=text HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
            let body = try file("10_")
            #expect(body.count > UploadSpool.memoryLimit)
            for start in stride(from: 0, to: body.count, by: 50_000) {
                let part = body[start..<min(start + 50_000, body.count)]
                try await client.send(raw: Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [13, 10])
            }
            try await client.send(raw: Array("0\r\n\r\n".utf8))
            #expect(try await client.answer().body == transcript.text)
            await client.leave()
        }
    }

    @Test func mistakesAreNamed() async throws {
        try await RunningServer.use({ $0.bodyByteLimit = 200_000 }) { port, _ in
            var client = try await WireClient(port: port)
            let noise = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
            // What the library says of the same bytes.
            let unknown = await MediaReason.of(noise)
            let cases: [(path: String, body: [UInt8], answer: String)] = [
                ("/v1/transcribe", [], #"400 {"error":"Empty request body","code":"empty_body"}"#),
                (
                    "/v1/transcribe", noise,
                    #"422 {"error":"Transcription failed. Check audio format. \#(unknown)","code":"transcription_error"}"#
                ),
                (
                    "/v1/transcribe?format=docx", noise,
                    #"400 {"error":"invalid input: unsupported export format: docx","code":"invalid_format"}"#
                ),
                (
                    "/v1/transcribe", .init(repeating: 0, count: 200_001),
                    #"413 {"error":"Request body exceeds the configured size limit","code":"payload_too_large"}"#
                ),
                ("/v1/transcribe/stream", [], #"400 {"error":"Empty request body","code":"empty_body"}"#),
                (
                    "/v1/transcribe/stream", noise,
                    #"422 {"error":"Failed to decode audio file. Check format (WAV, MP3, M4A, OGG, FLAC supported). "#
                        + #"\#(unknown)","code":"invalid_audio"}"#
                ),
            ]
            for item in cases {
                let answer = try await client.request("POST", item.path, body: item.body)
                #expect("\(answer.status) \(answer.body)" == item.answer)
            }
            await client.leave()
        }
    }

    @Test func slowBodyIsGivenUp() async throws {
        try await RunningServer.use({ $0.uploadRate = MinimumUploadRate(gracePeriod: .zero) }) { port, _ in
            var client = try await WireClient(port: port)
            try await client.send(
                raw: Array("POST /v1/transcribe HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\na".utf8))
            let answer = try await client.answer()
            #expect(answer.status == 408 && answer.body.contains(#""code":"request_timeout""#))
            #expect(answer.fields["connection"] == "close")
            #expect(try await client.rest() == [])
        }
    }

    @Test func bodyIsWaitedForOnlyIfItIsWelcome() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let head = "POST /v1/transcribe HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n"
            let body = try file("06_")
            try await client.send(raw: Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8))
            #expect(try await client.answer().status == 100)
            try await client.send(raw: body)
            #expect(try await client.answer().status == 200)
            try await client.send(raw: Array("\(head)Content-Length: 99999999999\r\n\r\n".utf8))
            #expect(try await client.answer().status == 413)
            await client.leave()
        }
    }

    @Test func eventsComeAsUtterancesAreDecided() async throws {
        let transcript = try await RunningServer.expected("12_")
        let spoken = transcript.segments.filter { !$0.words.isEmpty }
        #expect(spoken.count > 1)
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("POST", "/v1/transcribe/stream?x=1&x=2", body: try file("12_"))
            #expect(answer.status == 200 && answer.fields["content-type"] == "text/event-stream")
            #expect(answer.fields["cache-control"] == "no-cache" && answer.fields["x-accel-buffering"] == "no")
            let texts = try answer.body.split(separator: "\n\n").map { event in
                let data = Data(event.dropFirst("data: ".count).utf8)
                let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
                #expect(object["type"] as? String == "final" && object["is_final"] == nil)
                return object["text"] as? String ?? ""
            }
            #expect(texts == spoken.map(\.text))
            let silence = try await client.request(
                "POST", "/v1/transcribe/stream", body: [UInt8](WaveFile.data(.init(repeating: 0, count: 16_000))))
            #expect(silence.status == 200 && silence.body.isEmpty)
            await client.leave()
        }
    }

    @Test func speakersAreToldApartByTheirVoices() async throws {
        let (dialogue, command) = (try file("11_"), try file("06_"))
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for (query, body, speakers) in [
                ("diarization=true", dialogue, [0, 1]), ("max_speakers=1", command, [0]), ("", command, [nil]),
                ("diarization=false&speakers=2", command, [nil]),
            ] as [(String, [UInt8], Set<Int?>)] {
                let answer = try await client.request("POST", "/v1/transcribe?segments=true&\(query)", body: body)
                let object = try object(answer)
                let words = object["words"] as? [[String: Any]] ?? []
                #expect(Set(words.map { $0["speaker"] as? Int }) == speakers, "\(query)")
                #expect(object["diarization"] == nil && answer.status == 200)
            }
            let model = try object(try await client.request("GET", "/v1/models"))
            #expect(model["diarization"] as? Bool == true)
            await client.leave()
        }
    }

    @Test func channelsAreSpeakers() async throws {
        let left = try Recordings.samples(Recordings.named("06_"))
        let right = try Recordings.samples(Recordings.named("09_"))
        let pause = [Float](repeating: 0, count: 4_000)
        let call = [UInt8](WaveFile.data(zip(left, pause + right).flatMap { [$0, $1] }, channels: 2))
        let mono = try file("06_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let path = "/v1/transcribe?segments=true&channels=split"
            let answer = try object(try await client.request("POST", path, body: call))
            let words = answer["words"] as? [[String: Any]] ?? []
            #expect(Set(words.map { $0["speaker"] as? Int }) == [0, 1])
            let starts = words.compactMap { $0["start"] as? Double }
            #expect(starts == starts.sorted() && starts.count == words.count)
            let segments = answer["segments"] as? [[String: Any]] ?? []
            #expect(segments.allSatisfy { $0["speaker"] is Int } && segments.count >= 2)
            // What is not stereo keeps its other options.
            let single = try object(try await client.request("POST", path, body: mono))
            #expect((single["segments"] as? [Any])?.isEmpty == false && single["text"] as? String != "")
            #expect((single["words"] as? [[String: Any]] ?? []).allSatisfy { $0["speaker"] == nil })
            await client.leave()
        }
    }

    /// The only worker is busy, so that nothing but the cancellation ends the work.
    @Test(arguments: BusyServerTests.paths)
    func clientThatLeavesStopsItsWork(path: String) async throws {
        let held = try await HeldRecognizer()
        let body = BusyServerTests.body(path, try file("06_"))
        try await RunningServer.use(load: { held.recognizer }) { port, server in
            await held.hold()
            let client = try await WireClient(port: port)
            try await client.send(raw: BusyServerTests.head(path, body.count) + body)
            await server.wait(for: 1, of: .recordings)
            await client.leave()
            await server.wait(for: 0, of: .recordings)
            await server.wait(for: 0, of: .bytes)
            held.letGo()
        }
    }

    @Test func clientThatLeavesInMidStreamStopsItsWork() async throws {
        let stream = Form.bytes([("stream", "true")], file: try file("12_"))
        for (path, body) in [
            ("/v1/transcribe/stream", try file("12_")), ("/v1/transcribe/stream?partials=true", try file("12_")),
            ("/v1/audio/transcriptions", stream),
        ] {
            try await RunningServer.use { port, server in
                var client = try await WireClient(port: port)
                try await client.send(raw: BusyServerTests.head(path, body.count) + body)
                try await client.skipHead()
                await client.leave()
                await server.wait(for: 0, of: .recordings)
            }
        }
    }
}

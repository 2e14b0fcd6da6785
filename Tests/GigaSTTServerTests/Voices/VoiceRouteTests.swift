import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `/v1/speakers` and the known speakers of OpenAI's route, with the two voices of the bundled dialogue.
@Suite struct VoiceRouteTests {
    private static let transcriptions = "/v1/audio/transcriptions"

    /// What one of the two speakers says in `turns`, as a WAV file.
    private func wave(_ speaker: Int, _ turns: Range<Int> = 0..<4) throws -> [UInt8] {
        let item = try Recordings.named("11_")
        let samples = try Recordings.samples(item)
        let speech = item.sentences.enumerated().filter { $0.offset % 2 == speaker && turns.contains($0.offset / 2) }
            .flatMap { _, sentence -> [Float] in
                Array(samples[Int(sentence.start * 16_000)..<min(samples.count, Int(sentence.end * 16_000))])
                    + [Float](repeating: 0, count: 8_000)
            }
        return [UInt8](WaveFile.data(speech))
    }

    private func serve(
        _ adjust: (inout ServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (JobClient) async throws -> Void
    ) async throws {
        try await RunningServer.use(
            {
                $0.voices.allowsNames = true
                adjust(&$0)
            },
            load: {
                var configuration = RecognizerConfiguration()
                (configuration.identifiesSpeakers, configuration.workerCount) = (true, 2)
                return try await Recognizer(.demo, configuration: configuration)
            }
        ) { port, _ in try await body(JobClient(port: port)) }
    }

    @Test func withoutConsentThereIsNothing() async throws {
        let form = Form.bytes(
            [
                ("response_format", "diarized_json"), ("known_speaker_names[]", "Анна"),
                ("known_speaker_references[]", "data:audio/wav;base64,AAAA"),
            ], file: try Speech.file("06_"))
        try await RunningServer.use { port, _ in
            let client = JobClient(port: port)
            for method in ["GET", "POST", "DELETE"] {
                #expect(try await client.send(method, "/v1/speakers").status == 404)
            }
            let answer = try await client.send("POST", Self.transcriptions, Form.contentType, body: form)
            #expect(answer.status == 400 && answer.body.contains(#""code":"known_speakers_not_allowed""#))
            #expect(answer.body.contains(#""type":"invalid_request_error""#))
            #expect(answer.body.contains(#""param":"known_speaker_names[]""#))
        }
        var settings = ServerSettings()
        settings.voices.folder = "/nowhere"
        #expect(throws: ServerError.self) { try Voices(settings.voices, .quiet) }
    }

    @Test func aVoiceIsEnrolledNamesItsSpeakerAndIsErased() async throws {
        let voice = try wave(0)
        try await serve { client in
            let added = try await client.send("POST", "/v1/speakers?name=%D0%90%D0%BD%D0%BD%D0%B0", body: voice)
            #expect(added.status == 201, "\(added.body)")
            let id = try #require(try added.object["id"] as? String)
            #expect(try added.object["name"] as? String == "Анна" && added.object["usable"] as? Bool == true)
            let again = try await client.send("POST", "/v1/speakers?name=%D0%90%D0%BD%D0%BD%D0%B0", body: voice)
            #expect(again.status == 409 && again.code == "name_taken")
            let listed = try await client.send("GET", "/v1/speakers").object["speakers"] as? [[String: Any]]
            #expect(listed?.map { $0["id"] as? String } == [id])
            let dialogue = try Speech.file("11_")
            func names() async throws -> [[String: Any]]? {
                try await client.send("POST", "/v1/transcribe?speakers=2", body: dialogue).object["speaker_names"]
                    as? [[String: Any]]
            }
            let found = try await names()
            #expect(found?.map { $0["name"] as? String } == ["Анна"] && found?.first?["speaker"] as? Int == 0)
            // Without speakers there are no names, and the parameters of OpenAI's route alone decide there.
            let plain = try await client.send("POST", "/v1/transcribe", body: dialogue)
            #expect(try plain.object["speaker_names"] == nil)
            #expect(try await client.send("DELETE", "/v1/speakers/\(id)").status == 204)
            #expect(try await client.send("DELETE", "/v1/speakers/\(id)").code == "speaker_not_found")
            #expect(try await names() == nil)
        }
    }

    @Test func jobsNameSpeakersByTheVoicesThatAreKnownThen() async throws {
        let folder = try TemporaryFolder()
        let (voice, dialogue) = (try wave(0), try Speech.file("11_"))
        try await serve({ $0.enableJobs(in: folder) }) { client in
            let unnamed = try await client.submit(dialogue, query: "?speakers=2")
            _ = try await client.wait(unnamed)
            #expect((try await client.send("POST", "/v1/speakers?name=Anna", body: voice)).status == 201)
            let json = try await client.submit(dialogue, query: "?speakers=2")
            let minutes = try await client.submit(dialogue, query: "?speakers=2&format=minutes")
            for job in [json, minutes] { _ = try await client.wait(job) }
            // A name that is erased afterwards stays in the results that have it.
            #expect(try await client.send("DELETE", "/v1/speakers").status == 204)
            func result(_ job: String) async throws -> WireClient.Answer {
                try await client.send("GET", "/v1/jobs/\(job)/result")
            }
            let names = try await result(json).object["speaker_names"] as? [[String: Any]]
            #expect(names?.map { $0["name"] as? String } == ["Anna"] && names?.first?["speaker"] as? Int == 0)
            let text = try await result(minutes).body
            #expect(text.contains("## SPEAKER_0 (Anna)\n") && text.contains("## SPEAKER_1\n"), "\(text)")
            #expect(try await result(unnamed).object["speaker_names"] == nil)
        }
    }

    @Test func liveSessionsNameTheirSpeakers() async throws {
        let voice = try wave(0)
        let bytes = try Speech.bytes("11_")
        try await serve { http in
            #expect((try await http.send("POST", "/v1/speakers?name=Anna", body: voice)).status == 201)
            for isAsked in [true, false] {
                var client = try await WireClient(port: http.port)
                try await client.upgrade()
                try await client.send(
                    text: #"{"type":"configure","sample_rate":16000,"diarization":\#(isAsked)}"#)
                for start in stride(from: 0, to: bytes.count, by: 6_400) {
                    try await client.send(binary: Array(bytes[start..<min(start + 6_400, bytes.count)]))
                }
                try await client.send(text: Speech.stop)
                var names: [[String: Any]]?
                var first: Int?
                while true {
                    let frame = try await client.frame()
                    if frame.opcode == 8 { break }
                    guard frame.opcode == 1,
                        let message = try JSONSerialization.jsonObject(with: Data(frame.content)) as? [String: Any],
                        message["type"] as? String == "speakers"
                    else { continue }
                    names = message["names"] as? [[String: Any]] ?? names
                    for span in message["spans"] as? [[String: Any]] ?? [] where span["start"] as? Double ?? 9 < 2 {
                        first = span["speaker"] as? Int
                    }
                }
                #expect(names?.map { $0["name"] as? String } == (isAsked ? ["Anna"] : nil))
                #expect(names?.first?["speaker"] as? Int == first && (first != nil) == isAsked)
            }
        }
    }

    @Test func whatCannotBeEnrolledIsNamed() async throws {
        let silence = [UInt8](WaveFile.data([Float](repeating: 0, count: 160_000)))
        let garbage = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        try await serve { client in
            for (path, body, status, code) in [
                ("/v1/speakers", [1], 400, "invalid_query"), ("/v1/speakers?name=%00", [1], 400, "invalid_query"),
                ("/v1/speakers?name=a", [], 400, "empty_body"),
                ("/v1/speakers?name=a", silence, 422, "voice_unusable"),
                ("/v1/speakers?name=a", garbage, 422, "transcription_error"),
            ] as [(String, [UInt8], Int, String)] {
                let answer = try await client.send("POST", path, body: body)
                #expect(answer.status == status && answer.code == code, "\(path): \(answer.body)")
            }
            #expect(try await client.send("DELETE", "/v1/speakers").status == 204)
        }
    }

    @Test func onlyAdministratorsManageVoices() async throws {
        let keys = try KeyFile()
        try await serve({ $0.apiKeyFile = keys.path }) { (anonymous: JobClient) async throws -> Void in
            var client = anonymous
            #expect(try await client.send("GET", "/v1/speakers").status == 401)
            client.key = KeyFile.speaker
            #expect(try await client.send("GET", "/v1/speakers").status == 403)
            #expect(try await client.send("DELETE", "/v1/speakers").status == 403)
            client.key = KeyFile.admin
            #expect(try await client.send("GET", "/v1/speakers").status == 200)
        }
    }

    @Test func referencesNameTheSpeakersOfOneRequest() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("voices")
        let reference = "data:audio/wav;base64," + Data(try wave(1, 0..<3)).base64EncodedString()
        let form = Form.bytes(
            [
                ("response_format", "diarized_json"), ("known_speaker_names[]", "Пётр"),
                ("known_speaker_references[]", reference),
            ], file: try Speech.file("11_"))
        try await serve({ $0.voices.folder = path }) { client in
            let answer = try await client.send("POST", Self.transcriptions, Form.contentType, body: form)
            let segments = try answer.object["segments"] as? [[String: Any]] ?? []
            // The one who is not known is A.
            let labels = Set(segments.compactMap { $0["speaker"] as? String })
            #expect(answer.status == 200 && labels == ["A", "Пётр"], "\(answer.body)")
            #expect(segments.first?["speaker"] as? String == "A")
            // Nothing is kept.
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
            #expect((try await client.send("GET", "/v1/speakers").object["speakers"] as? [Any])?.isEmpty == true)
        }
    }

    /// What gives no names keeps no recording from being recognised, and is logged once.
    @Test func aFolderThatCannotBeReadIsLogged() async throws {
        let (folder, log) = (try TemporaryFolder(), LogRecord())
        let url = folder.file("voices")
        var settings = VoiceSettings()
        (settings.allowsNames, settings.folder) = (true, url.path)
        let voices = try #require(try Voices(settings, log.logger))
        var configuration = RecognizerConfiguration()
        (configuration.identifiesSpeakers, configuration.workerCount) = (true, 1)
        let recognizer = try await Recognizer(.demo, configuration: configuration)
        let model = try #require(recognizer.voiceModel)
        let voice = VoicePrint(name: "Анна", vector: [0.6, -0.8], seconds: 7.5, model: model)
        _ = try voices.store.add(voice)
        #expect(try await voices.known(recognizer)?.count == 1 && log.lines.isEmpty)
        try Data("{}".utf8).write(to: url.appendingPathComponent("a.json"))
        for _ in 0..<2 { #expect(try await voices.known(recognizer)?.count == 1) }
        #expect(log.lines == ["warning files of --speakers-dir are no voices count=1"])
        try FileManager.default.removeItem(at: url)
        for _ in 0..<2 { #expect(try await voices.known(recognizer) == nil) }
        #expect(log.lines.count == 2 && log.lines[1].hasPrefix("warning no speaker gets a name reason=The folder of "))
        #expect(log.lines.allSatisfy { !$0.contains(url.path) })
        await recognizer.shutDown()
    }

    @Test func referencesThatCannotBeUsedAreNamed() async throws {
        let silence = Data(WaveFile.data([Float](repeating: 0, count: 80_000))).base64EncodedString()
        let short = Data(WaveFile.data([Float](repeating: 0, count: 16_000))).base64EncodedString()
        func known(_ reference: String) -> [(String, String)] {
            [("known_speaker_names[]", "a"), ("known_speaker_references[]", reference)]
        }
        let cases: [([(String, String)], String)] = [
            ([("known_speaker_names[]", "a")], "as many"),
            (known("https://example.com/a.wav"), "data URL"), (known("data:audio/wav;base64,*"), "data URL"),
            ([("known_speaker_names[]", "")], "A name has"),
            ((0..<5).map { ("known_speaker_names[]", "\($0)") }, "at most 4"),
            (known("data:audio/wav;base64," + silence), "reference 1"),
            (known("data:audio/wav;base64," + short), "shorter than 2"),
        ]
        let file = try Speech.file("06_")
        try await serve { client in
            for (fields, reason) in cases {
                let form = Form.bytes([("response_format", "diarized_json")] + fields, file: file)
                let answer = try await client.send("POST", Self.transcriptions, Form.contentType, body: form)
                #expect(answer.status == 400 && answer.body.contains(#""code":"invalid_known_speakers""#), "\(reason)")
                #expect(answer.body.contains(reason), "\(answer.body)")
                #expect(answer.body.contains(#""param":"known_speaker_references[]""#))
            }
        }
    }
}

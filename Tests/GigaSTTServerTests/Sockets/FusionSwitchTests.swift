import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Fusion and calibrated confidences as switches of requests and sessions.
@Suite struct FusionSwitchTests {
    /// Whether a text begins with a capital and ends with a mark, as the second head writes.
    private func isSentence(_ text: String) -> Bool { text.first?.isUppercase == true && text.hasSuffix(".") }

    @Test func requestsAndSessionsSwitchFusion() async throws {
        let folder = try TemporaryFolder.withTwoHeads()
        try folder.write(Data(#"{"rnnt":{"slope":0.5,"offset":-1}}"#.utf8), as: "confidence.json")
        let (file, speech) = (try Speech.file("07_"), try Speech.bytes("07_"))
        let load: @Sendable () async throws -> Recognizer = {
            var configuration = RecognizerConfiguration()
            (configuration.fusion, configuration.workerCount) = (true, 2)
            return try await Recognizer(ModelFolder(at: folder.url), configuration: configuration)
        }
        try await RunningServer.use(load: load) { port, _ in
            var client = try await WireClient(port: port)
            let models = try await client.request("GET", "/v1/models")
            #expect(try models.object["fusion"] as? Bool == true)
            #expect(try models.object["calibrated_confidence"] as? Bool == true)
            func sure(_ body: String) -> Float {
                let answer = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
                return (answer?["confidence"] as? NSNumber)?.floatValue ?? -1
            }
            var confidences: [Float] = []
            for (query, isFused) in [
                ("", true), ("?fusion=true", true), ("?fusion=false", false), ("?fusion=true&itn=true", true),
                ("?confidence=raw", true), ("?confidence=calibrated", true),
            ] {
                let answer = try await client.request("POST", "/v1/transcribe\(query)", body: file)
                let text = try answer.object["text"] as? String ?? ""
                #expect(answer.status == 200 && !text.isEmpty && isSentence(text) == isFused, "\(query)")
                confidences.append(sure(answer.body))
            }
            #expect(Set(confidences.dropLast()).count == 1 && confidences[5] < confidences[0])
            for (fields, isFused) in [([], true), ([("fusion", "false"), ("confidence", "calibrated")], false)] {
                let answer = try await client.request(
                    "POST", "/v1/audio/transcriptions", Form.contentType, body: Form.bytes(fields, file: file))
                let text = try answer.object["text"] as? String ?? ""
                #expect(answer.status == 200 && !text.isEmpty && isSentence(text) == isFused)
            }
            await client.leave()
            for (member, isFused) in [(#""itn":true"#, true), (#""fusion":false,"confidence":"calibrated""#, false)] {
                var live = try await WireClient.live(port: port)
                try await live.send(text: Speech.configure)
                try await live.send(text: #"{"type":"configure",\#(member)}"#)
                try await live.send(binary: speech)
                try await live.send(text: Speech.stop)
                let finals = try await live.rest().filter { $0.hasPrefix("final: ") }.map { $0.dropFirst(7) }
                let text = finals.joined(separator: " ")
                #expect(text.contains(where: \.isLetter) && isSentence(text) == isFused, "\(finals)")
            }
        }
    }

    @Test func whatIsNotLoadedIsRefused() async throws {
        let file = try Speech.file("07_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for path in ["/v1/transcribe", "/v1/transcribe/stream"] {
                for (query, status, code) in [
                    ("fusion=true", 409, "fusion_not_available"), ("fusion=1", 400, "invalid_query"),
                    ("confidence=high", 400, "invalid_query"), ("fusion=false", 200, nil),
                    // Without a calibration confidences stay raw.
                    ("confidence=calibrated", 200, nil),
                ] as [(String, Int, String?)] {
                    let answer = try await client.request("POST", "\(path)?\(query)", body: file)
                    #expect(answer.status == status, "\(path) \(query)")
                    if let code { #expect(try answer.object["code"] as? String == code) }
                }
            }
            for (field, code) in [("fusion", "fusion_not_available"), ("confidence", "invalid_field")] {
                let form = Form.bytes([(field, "true")], file: file)
                let answer = try await client.request(
                    "POST", "/v1/audio/transcriptions", Form.contentType, body: form)
                #expect(answer.body.contains(code))
            }
            await client.leave()
        }
    }
}

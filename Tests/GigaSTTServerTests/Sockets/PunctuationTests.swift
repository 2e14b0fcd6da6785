import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Sentences by the punctuation model beside the built-in one; the expected ones are from the manifest, by grammar.
@Suite struct PunctuationTests {
    private func object(_ text: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    private func use(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let load: @Sendable () async throws -> Recognizer = {
            var configuration = RecognizerConfiguration()
            configuration.workerCount = 2
            configuration.punctuationModel = ModelFolder.demo.url.appendingPathComponent("punct")
            return try await Recognizer(.demo, configuration: configuration)
        }
        try await RunningServer.use(load: load) { port, _ in try await body(port) }
    }

    @Test func recordingsBecomeSentences() async throws {
        let item = try Recordings.named("08")
        let body = [UInt8](try Data(contentsOf: item.url))
        let pauses = [UInt8](try Data(contentsOf: Recordings.named("12").url))
        let sentences = try Recordings.named("12").sentences.map(\.punctuated)
        try await use { port in
            var client = try await WireClient(port: port)
            for path in ["/health", "/v1/models"] {
                #expect(try object(try await client.request("GET", path).body)["punctuation"] as? Bool == true)
            }
            let text = try await client.request("POST", "/v1/transcribe?format=txt", body: body).body
            #expect(text == item.punctuated)
            let plain = try await client.request("POST", "/v1/transcribe?format=txt&punctuation=false", body: body).body
            #expect(plain == item.written)
            let object = try object(try await client.request("POST", "/v1/transcribe?spans=true", body: body).body)
            let words = (object["words"] as? [[String: Any]] ?? []).compactMap { $0["word"] as? String }
            #expect(object["text"] as? String == item.punctuated && words.joined(separator: " ") == item.text)
            let spans = (object["spans"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String }
            #expect(spans.joined(separator: " ") == item.punctuated)
            let form = Form.bytes([("response_format", "text")], file: body)
            #expect(
                try await client.request("POST", "/v1/audio/transcriptions", Form.contentType, body: form).body
                    == item.punctuated)
            let events = try await client.request("POST", "/v1/transcribe/stream", body: pauses).body
            for sentence in sentences { #expect(events.contains(#""text":"\#(sentence)""#)) }
            await client.leave()
        }
    }

    @Test(arguments: ["1.0", "1.2"]) func liveSpeechBecomesSentences(version: String) async throws {
        let sentences = try Recordings.named("12").sentences.map(\.punctuated)
        let bytes = try Speech.bytes("12_")
        try await use { port in
            var client = try await WireClient.live(port: port)
            try await client.send(
                text: #"{"type":"configure","protocol_version":"\#(version)","sample_rate":16000}"#)
            for start in stride(from: 0, to: bytes.count, by: 6_400) {
                try await client.send(binary: Array(bytes[start..<min(start + 6_400, bytes.count)]))
            }
            try await client.send(text: Speech.stop)
            var finals: [String] = []
            while let message = try? await client.message() {
                if message["type"] as? String == "final", let text = message["text"] as? String { finals.append(text) }
                if message["endpoint_reason"] as? String == "stop" { break }
            }
            #expect(finals.filter { !$0.isEmpty } == sentences)
            await client.leave()
        }
    }
}

import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `max_alternatives` in requests and sessions.
@Suite struct AlternativeTests {
    private func object(_ text: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    private func texts(_ object: [String: Any], _ key: String = "text") -> [String] {
        (object["alternatives"] as? [[String: Any]] ?? []).compactMap { $0[key] as? String }
    }

    @Test func recordingsHaveThemWhereTheyAreAskedFor() async throws {
        let body = [UInt8](try Data(contentsOf: Recordings.named("01").url))
        try await RunningServer.use({ $0.servesDeepgram = true }) { port, _ in
            var client = try await WireClient(port: port)
            let plain = try await client.request("POST", "/v1/transcribe", body: body).body
            #expect(!plain.contains("alternatives"))
            #expect(
                try await client.request("POST", "/v1/transcribe?max_alternatives=1", body: body).body == plain)
            let answer = try object(
                try await client.request("POST", "/v1/transcribe?max_alternatives=3", body: body).body)
            let found = texts(answer)
            #expect((2...3).contains(found.count) && found.first == answer["text"] as? String)
            let confidences = (answer["alternatives"] as? [[String: Any]] ?? []).compactMap {
                $0["confidence"] as? Double
            }
            #expect(confidences.count == found.count && confidences.allSatisfy { (0...1).contains($0) })
            let events = try await client.request(
                "POST", "/v1/transcribe/stream?max_alternatives=3", body: body
            ).body
            #expect(events.contains(#"data: {"alternatives":[{"text":""#))
            let deepgram = try object(
                try await client.request("POST", "/v1/listen?alternatives=3", body: body).body)
            let channel = ((deepgram["results"] as? [String: Any])?["channels"] as? [[String: Any]])?.first ?? [:]
            #expect(texts(channel, "transcript") == found)
            for query in ["max_alternatives=0", "max_alternatives=11", "max_alternatives=x"] {
                for path in ["/v1/transcribe", "/v1/transcribe/stream"] {
                    let refused = try await client.request("POST", "\(path)?\(query)", body: body)
                    #expect(refused.status == 400 && refused.body.contains("invalid_query"))
                }
            }
        }
    }

    @Test func finalsOfASessionHaveThem() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: #"{"type":"configure","sample_rate":16000,"max_alternatives":4}"#)
            try await client.send(binary: Speech.bytes("01"))
            try await client.send(text: Speech.stop)
            var finals: [[String: Any]] = []
            while let message = try? await client.message() {
                if message["type"] as? String == "final" { finals.append(message) }
                if message["type"] as? String == "partial" { #expect(message["alternatives"] == nil) }
            }
            #expect(finals.contains { texts($0).count > 1 })
            for message in finals where !texts(message).isEmpty {
                #expect(texts(message)[0] == message["text"] as? String)
            }
        }
    }
}

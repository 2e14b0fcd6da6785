import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Partials of `/v1/transcribe/stream`.
@Suite struct EventPartialTests {
    private struct Event: Decodable {
        struct Word: Decodable {
            let word: String
            let start, end, confidence: Double
        }
        let type, text: String
        let committed, tentative: String?
        let timestamp: Double
        let confidence: Double?
        let words: [Word]
    }

    private static func events(_ query: String, _ body: [UInt8], _ client: inout WireClient) async throws -> [Event] {
        let answer = try await client.request("POST", "/v1/transcribe/stream?\(query)", body: body)
        #expect(answer.status == 200 && answer.fields["content-type"] == "text/event-stream")
        return try answer.body.split(separator: "\n\n").map {
            try JSONDecoder().decode(Event.self, from: Data($0.dropFirst("data: ".count).utf8))
        }
    }

    @Test func partialsComeBeforeTheirFinalAndOnlyIfAskedFor() async throws {
        let body = try Speech.file("12_")
        let spoken = try await RunningServer.expected("12_").segments.filter { !$0.words.isEmpty }.map(\.text)
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for query in ["", "partials=false", "commit_policy=auto"] {
                let events = try await Self.events(query, body, &client)
                #expect(events.allSatisfy { $0.type == "final" && $0.committed == nil && $0.tentative == nil })
                #expect(events.map(\.text) == spoken)
            }
            for query in ["partials=true", "partials=true&commit_policy=on_finalize"] {
                let events = try await Self.events(query, body, &client)
                #expect(events.filter { $0.type == "final" }.map(\.text) == spoken)
                // An utterance of this recording has more than two seconds, so each has a partial before its final.
                var count = 0
                for event in events {
                    if event.type == "final" {
                        #expect(count > 0, "\(event.text)")
                        count = 0
                    } else {
                        #expect(event.type == "partial" && event.committed == "" && event.tentative == event.text)
                        #expect(!event.words.isEmpty && event.confidence.map { (0...1).contains($0) } == true)
                        count += 1
                    }
                }
                #expect(count == 0)
            }
            let refused = try await client.request("POST", "/v1/transcribe/stream?partials=1", body: body)
            #expect(refused.status == 400 && refused.body.contains(#""code":"invalid_query""#))
            await client.leave()
        }
    }

    @Test(arguments: ["auto", "stable_prefix"]) func committedTextNeverChanges(policy: String) async throws {
        let items = try Recordings.all()
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            var committedCount = 0
            for item in items {
                let body = [UInt8](try Data(contentsOf: item.url))
                let query = "partials=true&punctuation=false&commit_policy=\(policy)"
                var committed = ""
                for event in try await Self.events(query, body, &client) {
                    if event.type == "final" {
                        #expect(event.text.hasPrefix(committed), "\(item.file)")
                        committed = ""
                    } else {
                        let now = try #require(event.committed)
                        #expect(now + (event.tentative ?? "?") == event.text && now.hasPrefix(committed))
                        committed = now
                        if !now.isEmpty { committedCount += 1 }
                    }
                }
            }
            #expect(committedCount > 5)
            await client.leave()
        }
    }

    private static let words = ["да", "нет"].enumerated().map { index, word in
        Word(text: word, start: Double(index), end: Double(index) + 0.6, confidence: 0.5)
    }

    private static func texts(_ events: [String]) throws -> [String] {
        try events.map { text in
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            return [object["type"], object["text"], object["committed"]].compactMap { $0 as? String }
                .joined(separator: ":")
        }
    }

    /// What a preview commits, the final that follows, and what is sent.
    @Test(arguments: [
        (CommitPolicy?.none, 1, ["дай", "нет"], ["partial:да нет:", "final:дай нет"]),
        (.onFinalize, 1, ["дай", "нет"], ["partial:да нет:", "final:дай нет"]),
        (.auto, 1, ["дай", "нет"], ["partial:да нет:да", "final:да нет"]),
        (.stablePrefix, 2, [], ["partial:да нет:да нет", "final:да нет"]),
        (.auto, 0, [], ["partial:да нет:", "partial::"]),
    ])
    func aFinalKeepsWhatIsCommittedOrTakesBackWhatIsShown(
        policy: CommitPolicy?, stable: Int, final: [String], expected: [String]
    ) throws {
        var request = RecognitionRequest()
        request.commitPolicy = policy
        var format = GigaSTTEventFormat(request)
        let heard = zip(Self.words, final).map { word, text in
            Word(text: text, start: word.start, end: word.end, confidence: 0.5)
        }
        var events = format.texts(for: Partial(words: Self.words, stableWordCount: stable))
        events += format.texts(for: Segment(words: heard, start: 0, end: 2, endpoint: .silence))
        // The next utterance owes nothing, and what is not shown is not taken back.
        events += format.texts(for: Segment(words: [], start: 2, end: 3, endpoint: .endOfInput))
        #expect(try Self.texts(events) == expected)
    }

    @Test func theFormOfAPartialIsThatOfTheContract() {
        var format = GigaSTTEventFormat(RecognitionRequest())
        #expect(format.texts(for: Partial(words: [], stableWordCount: 0)) == [])
        let event = format.texts(for: Partial(words: [Self.words[0]], stableWordCount: 0)).first ?? ""
        #expect(
            event.replacing(#/"timestamp":[0-9.]+/#, with: #""timestamp":1"#)
                == #"{"committed":"","confidence":0.5,"tentative":"да","text":"да","timestamp":1,"type":"partial","#
                + #""words":[{"confidence":0.5,"end":0.6,"start":0.0,"word":"да"}]}"#)
    }
}

import Foundation
import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// Live results of Deepgram's interface that wait for the speakers of their words.
@Suite struct DeepgramSpeakerTests {
    private static func wire(hasSpeakers: Bool) throws -> DeepgramProtocol {
        let query = "encoding=linear16&sample_rate=8000&diarize=true&interim_results=true&utterance_end_ms=400"
        return try DeepgramProtocol(
            DeepgramQuery(query), requestID: "id", model: DeepgramModel(name: "gigaam", head: "rnnt"),
            hasSpeakers: hasSpeakers)
    }

    private static let partial = ConversationEvent.partial(
        Partial(words: .spoken(["Раз,"], from: 1), stableWordCount: 0))

    /// An event, and bytes of audio before it: 16 000 a second.
    struct Step: Sendable {
        /// `nil`: no audio comes for `DeepgramProtocol.keepAliveInterval`.
        let event: ConversationEvent?
        let byteCount: Int
        let timestamp: Double

        init(_ event: ConversationEvent?, after byteCount: Int = 0, at timestamp: Double = 0) {
            (self.event, self.byteCount, self.timestamp) = (event, byteCount, timestamp)
        }
    }

    struct Labelled: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        let expected: [String]

        init(_ name: String, _ steps: [Step], _ expected: [String]) {
            (testDescription, self.steps, self.expected) = (name, steps, expected)
        }
    }

    private static func final(_ words: [String], _ endpoint: EndpointReason = .silence) -> Step {
        Step(.final(.spoken(words, endpoint: endpoint)))
    }

    private static func speakers(_ number: Int, from start: Double = 0) -> Step {
        Step(.speakers([SpeakerSpan(start: start, end: start + 1, speaker: number)]))
    }

    static let labelled: [Labelled] = [
        Labelled("a result waits for its speakers", [final(["раз"]), speakers(1)], ["раз1"]),
        Labelled("a result without speakers waits", [final(["раз"]), Step(.audioTaken, after: 31_999)], []),
        Labelled(
            "a result waits for two seconds of audio", [final(["раз"]), Step(.audioTaken, after: 32_000)], ["раз"]),
        Labelled(
            "a result waits for two seconds, however little audio comes",
            [final(["раз"]), Step(.audioTaken, after: 2, at: 1.9), Step(.audioTaken, after: 2, at: 2)], ["раз"]),
        Labelled("a result does not wait while no audio comes", [final(["раз"]), Step(nil)], ["раз"]),
        Labelled(
            "speakers are decided in order",
            [final(["раз"]), Step(.final(.spoken(["два"], from: 1))), speakers(1, from: 1)], ["раз", "два1"]),
        Labelled("a word outside the spans has none", [final(["а", "б", "в"]), speakers(0)], ["а0 б0 в"]),
        Labelled("a blank result waits only for those before it", [final([], .flush)], [""]),
        Labelled("Finalize does not wait", [final(["раз"]), final(["два"], .flush)], ["раз", "два"]),
        Labelled(
            "an empty result of Finalize comes behind the others", [final(["раз"]), Step(.flushed(1))], ["раз", ""]),
        Labelled("there are no speakers", [final(["раз"]), Step(.speakersUnavailable)], ["раз"]),
        Labelled("nine results do not wait", (1...9).map { final(["\($0)"]) }, ["1"]),
        Labelled(
            "previews do not come before a result", [final(["раз"]), Step(partial), speakers(0), Step(partial)],
            ["раз0", "раз"]),
        Labelled("the end of an utterance comes behind it", [final(["раз"]), Step(.audioTaken)], []),
        Labelled(
            "the metadata come last", [final(["раз"], .endOfInput), speakers(2), Step(.ended)], ["раз2", "Metadata"]),
        Labelled("the end waits for nothing", [final(["раз"], .endOfInput), Step(.ended)], ["раз", "Metadata"]),
        Labelled("a session without a last final has no metadata", [final(["раз"]), Step(.ended)], ["раз"]),
    ]

    @Test(arguments: labelled) func resultsWaitForTheirSpeakers(_ script: Labelled) throws {
        var wire = try Self.wire(hasSpeakers: true)
        guard case .input(.begin(_, let request, _))? = wire.receive(.bytes(16_000)).first else {
            return #expect(Bool(false))
        }
        #expect(request.speakers == true)
        var replies: [JSONReply] = []
        for step in script.steps {
            if step.byteCount > 0 { _ = wire.receive(.bytes(step.byteCount)) }
            replies += step.event.map { wire.receive($0, at: step.timestamp) } ?? wire.keepAlive()
        }
        let told = try replies.map { reply in
            let object = try JSONSerialization.jsonObject(with: Data(reply.json.description.utf8)) as? [String: Any]
            let channel = object?["channel"] as? [String: Any]
            guard let alternative = (channel?["alternatives"] as? [[String: Any]])?.first else {
                return object?["type"] as? String ?? ""
            }
            let words = alternative["words"] as? [[String: Any]] ?? []
            return words.map { "\($0["word"] ?? "")\(($0["speaker"] as? Int).map(String.init) ?? "")" }
                .joined(separator: " ")
        }
        // The end of the utterance is reported where enough audio follows.
        #expect(told.filter { $0 != "UtteranceEnd" } == script.expected)
    }

    @Test func aPauseOfTheAudioIsNoticed() { #expect(DeepgramProtocol.keepAliveInterval == .seconds(2)) }

    @Test func withoutAModelNothingWaitsForSpeakers() throws {
        var wire = try Self.wire(hasSpeakers: false)
        guard case .input(.begin(_, let request, _))? = wire.receive(.bytes(2)).first else {
            return #expect(Bool(false))
        }
        #expect(request.speakers == nil)
        #expect(wire.receive(.final(.spoken(["раз"])), at: 0).count == 1)
    }
}

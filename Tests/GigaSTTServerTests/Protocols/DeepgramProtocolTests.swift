import Foundation
import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// The wire of Deepgram's `/v1/listen`, as its Python library 7.17 reads and writes it.
@Suite struct DeepgramProtocolTests {
    private static func wire(_ query: String = "") throws -> DeepgramProtocol {
        try DeepgramProtocol(
            DeepgramQuery("encoding=linear16&sample_rate=8000&" + query), requestID: "id",
            model: DeepgramModel(name: "gigaam", head: "rnnt"))
    }

    /// What each reply says, in short: text, start, duration, marks.
    private static func short(_ replies: [JSONReply]) throws -> [String] {
        try replies.map { reply in
            let object = try JSONSerialization.jsonObject(with: Data(reply.json.description.utf8)) as? [String: Any]
            let fields = try #require(object)
            switch fields["type"] as? String {
            case "Results":
                let channel = fields["channel"] as? [String: Any]
                let alternative = (channel?["alternatives"] as? [[String: Any]])?.first
                let marks = ["is_final", "speech_final", "from_finalize"].filter { fields[$0] as? Bool == true }
                let numbers = ["start", "duration"].map { "\(fields[$0] as? Double ?? -1)" }
                return ([alternative?["transcript"] as? String ?? "none"] + numbers + marks).joined(separator: " ")
            case "SpeechStarted": return "speech \(fields["timestamp"] as? Double ?? -1)"
            case "UtteranceEnd": return "utterance end \(fields["last_word_end"] as? Double ?? -1)"
            case let type: return type ?? "none"
            }
        }
    }

    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let query: String
        let events: [ConversationEvent]
        let expected: [String]

        init(_ name: String, _ query: String, _ events: [ConversationEvent], _ expected: [String]) {
            (testDescription, self.query, self.events, self.expected) = (name, query, events, expected)
        }
    }

    private static let partial = ConversationEvent.partial(
        Partial(words: .spoken(["Раз,"], from: 1), stableWordCount: 0))

    private static let early = ConversationEvent.partial(Partial(words: .spoken(["Раз,"]), stableWordCount: 0))

    static let scripts: [Script] = [
        Script("no previews unless they are wanted", "", [partial], []),
        Script("a preview", "interim_results=true", [partial], ["раз 0.0 1.0"]),
        Script("a written preview", "interim_results=true&punctuate=true", [partial], ["Раз, 0.0 1.0"]),
        Script(
            "a preview begins where the last result ends", "interim_results=True",
            [.final(.spoken(["раз"])), partial], ["раз 0.0 0.5 is_final speech_final", "раз 0.5 0.5"]),
        Script(
            "a blank final takes back what is shown", "interim_results=true", [partial, .final(.spoken([]))],
            ["раз 0.0 1.0", " 0.0 0.0 is_final speech_final"]),
        Script("a blank final alone is no result", "", [.final(.spoken([]))], []),
        Script(
            "a cut is final, and the speech goes on", "", [.final(.spoken(["раз"], endpoint: .maximumLength))],
            ["раз 0.0 0.5 is_final"]),
        Script(
            "what Finalize ended is marked", "",
            [.final(.spoken(["раз"], endpoint: .flush)), .flushed(1), .flushed(2)],
            ["раз 0.0 0.5 is_final from_finalize", " 0.5 0.0 is_final from_finalize"]),
        Script(
            "punctuation is shown on request", "punctuate=true", [.final(.spoken(["Раз,", "два."]))],
            ["Раз, два. 0.0 1.0 is_final speech_final"]),
        Script("speech is reported on request", "vad_events=true", [.speechStarted(at: 1.25)], ["speech 1.25"]),
        Script("speech is not reported", "", [.speechStarted(at: 1.25), .speechStopped(at: 2)], []),
        Script(
            "the end of an utterance is reported once", "utterance_end_ms=400",
            [.final(.spoken(["раз"])), .audioTaken, .audioTaken],
            ["раз 0.0 0.5 is_final speech_final", "utterance end 0.5"]),
        Script(
            "too little audio behind the word", "utterance_end_ms=600", [.final(.spoken(["раз"])), .audioTaken],
            ["раз 0.0 0.5 is_final speech_final"]),
        Script(
            "an end within a long utterance is reported once",
            "interim_results=true&utterance_end_ms=400",
            [
                .speechStarted(at: 0), early, .audioTaken, .speechStopped(at: 0.5), .final(.spoken(["раз"])),
                .audioTaken,
            ],
            ["раз 0.0 1.0", "раз 0.0 0.5 is_final speech_final", "utterance end 0.5"]),
        Script(
            "no end while somebody speaks", "utterance_end_ms=400",
            [.final(.spoken(["раз"])), .speechStarted(at: 0.9), .audioTaken], ["раз 0.0 0.5 is_final speech_final"]),
        Script(
            "the metadata come last", "", [.ending(.stop), .final(.spoken(["раз"], endpoint: .endOfInput))],
            ["раз 0.0 0.5 is_final speech_final", "Metadata"]),
        Script("nothing was said", "", [.final(.spoken([], endpoint: .endOfInput))], ["Metadata"]),
    ]

    /// Each script begins with a second of audio.
    @Test(arguments: scripts) func scriptIsAnswered(_ script: Script) throws {
        var wire = try Self.wire(script.query)
        _ = wire.receive(.bytes(16_000))
        let replies = script.events.flatMap { wire.receive($0, at: 1_700_000_000) }
        #expect(try Self.short(replies) == script.expected)
    }

    /// The final comes long behind the words, or never before the end.
    @Test func endOfAnUtteranceComesWithoutItsFinal() throws {
        var wire = try Self.wire("interim_results=true&utterance_end_ms=1000&endpointing=false")
        var replies: [JSONReply] = []
        func happen(_ event: ConversationEvent, after byteCount: Int = 0) {
            if byteCount > 0 { _ = wire.receive(.bytes(byteCount)) }
            replies += wire.receive(event, at: 0)
        }
        happen(.speechStarted(at: 0), after: 16_000)
        happen(Self.early)
        happen(.audioTaken, after: 15_999)
        happen(.audioTaken, after: 1)
        happen(.audioTaken, after: 16_000)
        // The final decode moves the word a little; the next word begins behind it.
        happen(.final(.spoken(["раз"], from: 0.04, endpoint: .flush)))
        happen(.audioTaken, after: 16_000)
        happen(.final(.spoken(["два"], from: 3)))
        happen(.speechStopped(at: 3.5))
        happen(.audioTaken, after: 16_000)
        #expect(
            try Self.short(replies) == [
                "раз 0.0 1.0", "utterance end 0.5", "раз 0.04 0.5 is_final from_finalize",
                "два 3.0 0.5 is_final speech_final", "utterance end 3.5",
            ])
    }

    @Test func wordsAreThoseOfTheText() throws {
        let cases: [(words: [String], text: String, spans: [Range<Int>], shown: String)] = [
            (["раз", "два"], "Раз, два.", [0..<7, 8..<15], "раз=Раз, 0.0-0.5|два=два. 0.5-1.0"),
            (
                ["дом", "двадцать", "семь"], "Дом 27!", [0..<6, 7..<10, 7..<10],
                "дом=Дом 0.0-0.5|27=27! 0.5-1.5"
            ),
            (["кто", "—", "это"], "Кто — это", [0..<6, 7..<10, 11..<17], "кто=Кто — 0.0-0.5|это=это 1.0-1.5"),
        ]
        for (words, text, spans, shown) in cases {
            var wire = try Self.wire("punctuate=true")
            _ = wire.receive(.bytes(2))
            var segment = Segment.spoken(words)
            (segment.text, segment.wordSpans) = (text, spans)
            let reply = try #require(wire.receive(.final(segment), at: 0).first)
            let object = try JSONSerialization.jsonObject(with: Data(reply.json.description.utf8)) as? [String: Any]
            let channel = object?["channel"] as? [String: Any]
            let alternative = (channel?["alternatives"] as? [[String: Any]])?.first
            let found = alternative?["words"] as? [[String: Any]] ?? []
            let list = found.map { word in
                "\(word["word"] ?? "")=\(word["punctuated_word"] ?? "") \(word["start"] ?? "")-\(word["end"] ?? "")"
            }
            #expect(list.joined(separator: "|") == shown)
            #expect(found.compactMap { $0["punctuated_word"] as? String }.joined(separator: " ") == text)
            #expect(alternative?["transcript"] as? String == text)
        }
    }

    @Test func speechOfOneChannelHasItsNumber() throws {
        var wire = try Self.wire("vad_events=true")
        #expect(
            wire.receive(.speechStarted(at: 1), at: 0).map(\.json.description) == [
                #"{"type":"SpeechStarted","channel":[0,1],"timestamp":1.0}"#
            ])
    }

    @Test(
        arguments: [
            (#"{"type":"Finalize","channel":1}"#, [.input(.flush(1, channel: 1))]),
            (#"{"type":"Finalize"}"#, [.input(.flush(1))]),
            (#"{"type":"Finalize","channel":null}"#, [.input(.flush(1))]),
            (#"{"type":"Finalize","channel":2}"#, []), (#"{"type":"Finalize","channel":4294967295}"#, []),
        ] as [(String, [DeepgramProtocol.Step])])
    func finalizeIsForAChannel(text: String, steps: [DeepgramProtocol.Step]) throws {
        var wire = try Self.wire("channels=2&multichannel=true")
        #expect(wire.receive(.text(text)) == steps)
    }

    @Test func messagesHaveTheFieldsOfTheInterface() throws {
        var wire = try Self.wire("punctuate=true")
        _ = wire.receive(.bytes(16_000))
        let model = #"{"name":"gigaam","version":"3","arch":"rnnt"}"#
        // The digest of the name, and of 16 000 zero bytes: `sha256sum`.
        let identifier = DeepgramModel(name: "gigaam", head: "rnnt").identifier
        #expect(identifier.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(
            wire.receive(.final(.spoken(["Да!"])), at: 0).map(\.json.description) == [
                #"{"type":"Results","channel_index":[0,1],"duration":0.5,"start":0.0,"is_final":true,"#
                    + #""speech_final":true,"from_finalize":false,"channel":{"alternatives":[{"transcript":"Да!","#
                    + #""confidence":0.5,"words":[{"word":"да","start":0.0,"end":0.5,"confidence":0.5,"#
                    + #""punctuated_word":"Да!"}]}]},"metadata":{"request_id":"id","model_info":\#(model),"#
                    + #""model_uuid":"\#(identifier)"}}"#
            ])
        #expect(
            wire.receive(.final(.spoken([], endpoint: .endOfInput)), at: 1_700_000_000).map(\.json.description) == [
                #"{"type":"Metadata","transaction_key":"deprecated","request_id":"id","#
                    + #""sha256":"f85f2c34eb2843d2aa5951ee6e8e76985655b2e3ae2cbdd76bdfd654ecf19997","#
                    + #""created":"2023-11-14T22:13:20Z","duration":1.0,"channels":1,"models":["\#(identifier)"],"#
                    + #""model_info":{"\#(identifier)":\#(model)}}"#
            ])
        let failure = WireFailure(GigaSTTError(.inferenceFailed, ""))
        let error = try #require(wire.receive(.failed(failure), at: 0).first)
        #expect(error.failureCode == "inference_error")
        #expect(error.json.description.hasPrefix(#"{"type":"Error","variant":"inference_error","description":"#))
    }

    /// As `[channel, number of channels]`; a second of audio has 32 000 bytes.
    @Test func twoChannelsHaveTheirResults() throws {
        var wire = try Self.wire("channels=2&multichannel=true&vad_events=true&utterance_end_ms=400")
        #expect(wire.receive(.bytes(32_000)).count == 2)
        let events: [(ConversationEvent, Int)] = [
            (.speechStarted(at: 0.25), 1), (.speechStopped(at: 0.5), 1), (.speechStarted(at: 0.5), 0),
            (.final(.spoken(["раз"])), 1), (.audioTaken, 0),
            (.final(.spoken(["два"], endpoint: .flush)), 0), (.flushed(1), 0), (.flushed(1), 1),
            (.final(.spoken([], endpoint: .endOfInput)), 1), (.final(.spoken(["три"], endpoint: .endOfInput)), 0),
        ]
        let replies = events.flatMap { wire.receive($0, on: $1, at: 0) }
        #expect(
            try Self.short(replies) == [
                "speech 0.25", "speech 0.5", "раз 0.0 0.5 is_final speech_final", "utterance end 0.5",
                "два 0.0 0.5 is_final from_finalize", " 0.5 0.0 is_final from_finalize",
                "три 0.0 0.5 is_final speech_final", "Metadata",
            ])
        let places = try replies.map { reply -> [Int]? in
            let object = try JSONSerialization.jsonObject(with: Data(reply.json.description.utf8)) as? [String: Any]
            return object?["channel_index"] as? [Int] ?? object?["channel"] as? [Int]
        }
        #expect(places == [[1, 2], [0, 2], [1, 2], [1, 2], [0, 2], [1, 2], [0, 2], nil])
        #expect(replies.last?.json.description.contains(#""duration":1.0,"channels":2,"#) == true)
    }

    /// The second channel begins with the audio.
    @Test(arguments: [false, true]) func twoChannelsWithoutAudioHaveTheirMetadata(hasSpeakers: Bool) throws {
        var wire = try DeepgramProtocol(
            DeepgramQuery("encoding=linear16&sample_rate=8000&channels=2&multichannel=true&diarize=true"),
            requestID: "id", model: DeepgramModel(name: "gigaam", head: "rnnt"), hasSpeakers: hasSpeakers)
        #expect(wire.receive(.text(#"{"type":"CloseStream"}"#)) == [.input(.end(.stop))])
        let events: [ConversationEvent] = [.ending(.stop), .final(.spoken([], endpoint: .endOfInput)), .ended]
        let replies = events.flatMap { wire.receive($0, at: 0) }
        #expect(try Self.short(replies) == ["Metadata"])
    }

    @Test func aRecordingWithoutAHeaderHasOneChannel() throws {
        let query = try DeepgramQuery("encoding=linear16&sample_rate=8000&channels=2&multichannel=true")
        let error = #expect(throws: HTTPFailure.self) { try query.recording(Capabilities(head: .rnnt)) }
        #expect(error?.code == "unsupported_channels")
    }

    @Test func controlMessagesAreUnderstood() throws {
        var wire = try Self.wire()
        #expect(wire.receive(.text(#"{"type":"KeepAlive"}"#)) == [])
        #expect(wire.receive(.text(#"{"type":"Dance"}"#)) == [])
        #expect(wire.receive(.text("no json")) == [])
        #expect(wire.receive(.text(#"{"type":"Finalize","channel":0}"#)) == [.input(.flush(1))])
        #expect(wire.receive(.text(#"{"type":"CloseStream"}"#)) == [.input(.end(.stop))])
        #expect(wire.receive(.bytes(2)) == [])
        var other = try Self.wire()
        #expect(other.receive(.bytes(0)) == [.input(.end(.stop))])
        #expect(other.close(for: .idle) == WebSocketClose(.internalError, "NET-0001"))
        #expect(other.close(for: .stop) == WebSocketClose(.normal, ""))
    }

    @Test func tenThousandDamagedSessionsAreSurvived() throws {
        var mutations = WireMutations(seed: 443)
        let script: [LiveMessage] = [
            .text(#"{"type":"KeepAlive"}"#), .bytes(64), .text(#"{"type":"Finalize","channel":0}"#), .bytes(3),
            .text(#"{"type":"CloseStream"}"#), .bytes(0),
        ]
        for _ in 0..<10_000 {
            var machine = MachineDriver(try Self.wire("interim_results=true&utterance_end_ms=1"))
            for message in mutations.damaged(script) { machine.receive(message) }
            let replies = machine.takeReplies()
            #expect(replies.count <= script.count + 2)
            for reply in replies { _ = try JSONSerialization.jsonObject(with: Data(reply.utf8)) }
        }
    }
}

import Foundation
import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// The wire of vosk-server 2025-05-25 (`websocket/asr_server.py`).
@Suite struct VoskProtocolTests {
    enum Input: Sendable {
        case text(String)
        case audio
        case event(ConversationEvent)
    }

    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let input: [Input]
        let expected: [String]

        init(_ name: String, _ input: [Input], _ expected: [String]) {
            (testDescription, self.input, self.expected) = (name, input, expected)
        }
    }

    private static let one = Input.event(.final(.spoken(["Раз"], from: 1)))
    private static let alternatives: Input = {
        var segment = Segment.spoken(["Раз"], from: 1)
        segment.alternatives = ["Раз", "Рас"].enumerated().map { index, text in
            Alternative(text: text, words: Segment.spoken([text], from: 1).words, score: -Double(index))
        }
        return .event(.final(segment))
    }()
    private static let two = Input.event(.final(.spoken(["два,", "три."], from: 2)))
    private static let eof = Input.text(#"{"eof" : 1}"#)
    private static let reset = Input.text(#"{"reset" : 1}"#)
    private static let word = #"{"conf":0.5,"end":1.5,"start":1.0,"word":"раз"}"#
    private static let words =
        #"{"conf":0.5,"end":2.5,"start":2.0,"word":"два"},{"conf":0.5,"end":3.0,"start":2.5,"word":"три"}"#

    static let scripts: [Script] = [
        Script("each message of audio gets one reply", [.audio, .audio], [#"{"partial":""}"#, #"{"partial":""}"#]),
        Script(
            "a partial is shown until its result",
            [
                .event(.partial(Partial(words: .spoken(["раз"]), stableWordCount: 0))), .audio, .audio, one, .audio,
                .audio,
            ],
            [
                #"{"partial":"раз"}"#, #"{"partial":"раз"}"#, #"{"result":[\#(word)],"text":"раз"}"#,
                #"{"partial":""}"#,
            ]),
        Script(
            "utterances that ended since the last reply are one result", [one, two, .audio],
            [#"{"result":[\#(word),\#(words)],"text":"раз два три"}"#]),
        Script("an utterance without words is no result", [.event(.final(.spoken([]))), .audio], [#"{"partial":""}"#]),
        Script("nothing was said", [eof], [#"{"text":""}"#]),
        Script(
            "eof returns what is left", [.audio, one, eof],
            [#"{"partial":""}"#, #"{"result":[\#(word)],"text":"раз"}"#]),
        Script("eof in another spelling", [.text(#"{"eof":true}"#)], [#"{"text":""}"#]),
        Script("reset before audio", [reset, .audio], [#"{"text":""}"#, #"{"partial":""}"#]),
        Script(
            "reset returns what is left and goes on", [.audio, one, reset, .audio],
            [#"{"partial":""}"#, #"{"result":[\#(word)],"text":"раз"}"#, #"{"partial":""}"#]),
        Script(
            "without words there is the text alone", [.text(#"{"config":{"words":0}}"#), one, .audio],
            [#"{"text":"раз"}"#]),
        Script(
            "an empty text is no switch", [.text(#"{"config":{"words":""}}"#), one, .audio], [#"{"text":"раз"}"#]),
        Script(
            "an alternative has words without confidence",
            [.text(#"{"config":{"max_alternatives":20}}"#), one, .audio],
            [#"{"alternatives":[{"confidence":0.5,"result":[{"end":1.5,"start":1.0,"word":"раз"}],"text":"раз"}]}"#]),
        Script(
            "the best readings of two utterances together",
            [.text(#"{"config":{"max_alternatives":2,"words":false}}"#), alternatives, two, .audio],
            [
                #"{"alternatives":[{"confidence":0.5,"text":"раз два три"},"#
                    + #"{"confidence":0.5,"text":"рас два три"}]}"#
            ]),
        Script(
            "alternatives of nothing", [.text(#"{"config":{"max_alternatives":1}}"#), eof],
            [#"{"alternatives":[{"confidence":1.0,"text":""}]}"#]),
        Script(
            "partial words",
            [
                .text(#"{"config":{"partial_words":true}}"#),
                .event(.partial(Partial(words: .spoken(["Раз"], from: 1), stableWordCount: 0))), .audio,
            ], [#"{"partial":"раз","partial_result":[\#(word)]}"#]),
        Script(
            "text that is not of the protocol is passed over",
            [
                .text("dance"), .text("{}"), .text(#"{"eof":0}"#), .text("13"), .text("[]"), .text(#""eof""#),
                .text("null"), .text(#"{"eof":[]}"#), .text(#"{"reset":{}}"#), .text(#"{"eof":null}"#), .audio,
            ],
            [#"{"partial":""}"#]),
        Script("nothing after eof", [eof, .audio, eof], [#"{"text":""}"#]),
    ]

    @Test(arguments: scripts) func scriptIsAnswered(_ script: Script) {
        var machine = MachineDriver(VoskProtocol())
        for input in script.input {
            switch input {
            case .text(let text): machine.receive(.text(text))
            case .audio: machine.receive(.bytes(320))
            case .event(let event): machine.happen(event)
            }
        }
        #expect(machine.takeReplies() == script.expected)
    }

    @Test func repliesBehindAResetWaitForIt() {
        var wire = VoskProtocol()
        _ = wire.receive(.bytes(2))
        #expect(wire.receive(.text(#"{"reset":1}"#)) == [.input(.flush(1))])
        #expect(wire.receive(.audioTaken, at: 0) == [])
        #expect(wire.receive(.text(#"{"reset":1}"#)) == [.input(.flush(2))])
        #expect(wire.receive(.audioTaken, at: 0) == [])
        #expect(wire.receive(.final(.spoken(["раз"], from: 1, endpoint: .flush)), at: 0) == [])
        #expect(
            wire.receive(.flushed(1), at: 0).map(\.json.description) == [
                #"{"result":[\#(Self.word)],"text":"раз"}"#, #"{"partial":""}"#,
            ])
        #expect(
            wire.receive(.flushed(2), at: 0).map(\.json.description) == [#"{"text":""}"#, #"{"partial":""}"#])
    }

    @Test(arguments: [
        (#"{ "config" : { "sample_rate" : 16000 } }"#, 16_000), (#"{"config":{"sample_rate":16000.000000}}"#, 16_000),
        (#"{"config":{"sample_rate":11025}}"#, 11_025), (#"{"config":{}}"#, 8_000),
        (#"{"config":{"sample_rate":null,"model":"ru"}}"#, 8_000), ("", 8_000),
        (#"{"config":{"sample_rate":"16000","words":"true"}}"#, 16_000),
        (#"{"config":{"sample_rate":" 16000.0 ","max_alternatives":"2"}}"#, 16_000),
        (#"{"config":{"max_alternatives":1.5}}"#, 8_000),
    ])
    func rateIsThatOfTheConfiguration(text: String, rate: Int) throws {
        var wire = VoskProtocol()
        #expect(wire.receive(.text(text)) == [])
        guard case .input(.begin(let format, _, _))? = wire.receive(.bytes(2)).first else {
            return #expect(Bool(false))
        }
        #expect(format.sampleRate == rate)
    }

    @Test func phrasesOfTheGrammarArePreferred() {
        var wire = VoskProtocol()
        let long = String(repeating: "а", count: 65)
        #expect(wire.receive(.text(#"{"config":{"phrase_list":["да нет","[unk]","","\#(long)"]}}"#)) == [])
        guard case .input(.begin(_, let request, _))? = wire.receive(.bytes(2)).first else {
            return #expect(Bool(false))
        }
        #expect(request.hotwords == ["да нет"])
    }

    @Test(arguments: [
        #"{"config":{"sample_rate":100}}"#, #"{"config":{"sample_rate":8000.5}}"#,
        #"{"config":{"sample_rate":1e99}}"#, #"{"config":{"sample_rate":"8 kHz"}}"#, #"{"config":7}"#,
        #"{"config":{"phrase_list":"да"}}"#, #"{"config":{"max_alternatives":"1.5"}}"#,
        #"{"config":{"max_alternatives":1e99}}"#, #"{"config":{"words":[]}}"#,
    ])
    func configurationThatCannotBeAppliedEndsTheSession(text: String) {
        var machine = MachineDriver(VoskProtocol())
        machine.receive(.text(text))
        guard case .violation(let close)? = machine.end else { return #expect(Bool(false)) }
        #expect(close.code == 1_008 && close.reason.hasPrefix("config"))
    }

    @Test func configurationBehindAudioHasNoEffect() {
        var machine = MachineDriver(VoskProtocol())
        machine.receive(.bytes(2))
        machine.receive(.text(#"{"config":{"sample_rate":1}}"#))
        #expect(machine.end == nil)
    }

    @Test func tenThousandDamagedSessionsGetOneReplyForEachMessageOfAudio() throws {
        var mutations = WireMutations(seed: 2_700)
        let script: [LiveMessage] = [
            .text(#"{"config":{"sample_rate":16000,"words":1,"max_alternatives":2,"phrase_list":["да"]}}"#), .bytes(64),
            .text(#"{"reset" : 1}"#), .bytes(3), .text(#"{"eof" : 1}"#),
        ]
        for _ in 0..<10_000 {
            var machine = MachineDriver(VoskProtocol())
            for message in mutations.damaged(script) { machine.receive(message) }
            let audioCount = machine.inputs.count { if case .audio = $0 { true } else { false } }
            let replies = machine.takeReplies()
            #expect(replies.count >= audioCount && replies.count <= audioCount + script.count + 1)
            for reply in replies { _ = try JSONSerialization.jsonObject(with: Data(reply.utf8)) }
        }
    }
}

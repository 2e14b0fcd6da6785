import Foundation
import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// The wire of jambonz' speech recognition API, as its documents and `mod_jambonz_transcribe` have it.
@Suite struct JambonzProtocolTests {
    /// The fields and their order are those of `mod_jambonz_transcribe`.
    private static func start(_ options: String = "{}", rate: Int = 8_000, interim: Bool = false) -> LiveMessage {
        .text(
            #"{"type":"start","language":"en-US","format":"raw","encoding":"LINEAR16","interimResults":\#(interim),"#
                + #""sampleRateHz":\#(rate),"options":\#(options)}"#)
    }

    private static let stop = LiveMessage.text(#"{"type":"stop"}"#)

    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var query = ""
        let messages: [LiveMessage]
        let expected: [String]

        init(_ name: String, query: String = "", _ messages: [LiveMessage], _ expected: [String]) {
            (testDescription, self.query, self.messages, self.expected) = (name, query, messages, expected)
        }
    }

    private static func refusal(_ reason: String) -> [String] {
        ["end \(reason)", #"{"type":"error","error":"\#(reason)"}"#]
    }

    private static let noFormat = "start must have the encoding LINEAR16 and a sampleRateHz of 8000 to 192000"

    static let scripts: [Script] = [
        Script(
            "a recognition", [start(), .bytes(320), .bytes(0), stop, .bytes(320), start()],
            ["begin 8000", "audio 320", "end stop"]),
        Script("another rate", [start(rate: 16_000), .bytes(640)], ["begin 16000", "audio 640"]),
        Script("a start of little", [.text(#"{"type":"start"}"#), .bytes(2)], ["begin 8000", "audio 2"]),
        Script(
            "a second start has no effect", [start(), start(rate: 1), .text(#"{"type":"start","language":1}"#)],
            ["begin 8000"]),
        Script(
            "unknown messages", [.text("no json"), .text(#"{"type":"dance"}"#), start(), .text("[]")], ["begin 8000"]),
        Script("a stop alone", [stop], ["end stop"]),
        Script("calls only where they are wanted", [start(#"{"callSid":"a"}"#)], ["begin 8000"]),
        Script("a call", query: "calls=true", [start(#"{"callSid":"A"}"#)], ["call a", "begin 8000"]),
        Script("a call without a name", query: "calls=true", [start()], ["begin 8000"]),
        Script(
            "a name of other characters", query: "calls=true", [start(#"{"callSid":"/"}"#)],
            refusal("options.callSid is not usable")),
        Script("audio before the start", [.bytes(2), start()], refusal("audio before start")),
        Script(
            "audio without a start, of the rate of the address", query: "calls=true&sample_rate=16000",
            [.bytes(0), .bytes(2), .bytes(4), stop], ["begin 16000", "audio 2", "audio 4", "end stop"]),
        Script(
            "a start goes before the address", query: "sample_rate=16000", [start(), .bytes(2)],
            ["begin 8000", "audio 2"]),
        Script(
            "a start behind audio has no effect", query: "sample_rate=8000",
            [.bytes(2), start(rate: 16_000), .bytes(2)], ["begin 8000", "audio 2", "audio 2"]),
        Script("a rate that is too low", [start(rate: 4_000)], refusal(noFormat)),
        Script("another encoding", [.text(#"{"type":"start","encoding":"MULAW"}"#)], refusal(noFormat)),
        Script(
            "a language that is no text", [.text(#"{"type":"start","language":7}"#)], refusal("language is not usable")),
        Script(
            "a rate that is no number", [.text(#"{"type":"start","sampleRateHz":"8k"}"#)],
            refusal("sampleRateHz is not usable")),
    ]

    @Test(arguments: scripts) func scriptIsUnderstood(_ script: Script) throws {
        var machine = MachineDriver(try JambonzProtocol(QueryFields(script.query)))
        for message in script.messages { machine.receive(message) }
        #expect(machine.outcome == script.expected)
    }

    @Test(
        arguments: [
            ("{}", nil), (#"{"hints":["да нет","[unk]"]}"#, ["да нет"]), (#"{"hints":[]}"#, nil),
            (#"{"hints":7}"#, nil),
            // As the feature server of jambonz writes phrases with weights.
            (#"{"hints":"[{\"phrase\":\"да\",\"boost\":50},{\"phrase\":\"нет\"}]","hintsBoost":10}"#, ["да", "нет"]),
            (#"{"hints":[{"phrase":"да"},"нет"]}"#, ["да", "нет"]), (#"{"hints":"да"}"#, nil), ("7", nil),
            ("null", nil),
        ] as [(String, [String]?)])
    func hintsArePreferred(options: String, phrases: [String]?) {
        var wire = JambonzProtocol()
        guard case .input(.begin(_, let request, _))? = wire.receive(Self.start(options)).first else {
            return #expect(Bool(false))
        }
        #expect(request.hotwords == phrases)
    }

    private static let partial = ConversationEvent.partial(Partial(words: .spoken(["Раз,"]), stableWordCount: 0))
    /// The members are those of jambonz' document.
    private static let shown =
        #"{"type":"transcription","is_final":false,"alternatives":[{"transcript":"Раз,","confidence":0.5}],"#
        + #""channel":1,"language":"en-US"}"#
    private static let decided =
        #"{"type":"transcription","is_final":true,"alternatives":[{"transcript":"Раз, два.","confidence":0.5}],"#
        + #""channel":1,"language":"en-US"}"#
    private static let refused = #"{"type":"error","error":"Another connection carries the call"}"#

    struct Talk: Sendable {
        let interim: Bool
        let events: [ConversationEvent]
        let replies: [String]
    }

    static let talks: [Talk] = [
        Talk(interim: false, events: [partial], replies: []),
        Talk(interim: true, events: [partial], replies: [shown]),
        Talk(interim: false, events: [.final(.spoken(["Раз,", "два."])), .final(.spoken([]))], replies: [decided]),
        Talk(interim: false, events: [.ending(.violation(.callInUse))], replies: [refused]),
        Talk(interim: false, events: [.speechStarted(at: 1), .audioTaken, .ending(.stop)], replies: []),
    ]

    @Test(arguments: talks) func eventsAreTranscriptions(talk: Talk) {
        var wire = JambonzProtocol()
        _ = wire.receive(Self.start(interim: talk.interim))
        #expect(talk.events.flatMap { wire.receive($0, at: 0) }.map(\.json.description) == talk.replies)
    }

    /// jambonz ends its recognition at an error.
    @Test func failuresThatPassAreNoErrors() {
        var wire = JambonzProtocol()
        #expect(wire.receive(.failed(WireFailure(GigaSTTError(.inferenceFailed, ""))), at: 0) == [])
        let final = wire.receive(.failed(WireFailure(GigaSTTError(.overloaded, ""))), at: 0).first
        #expect(final?.failureCode == "timeout")
        #expect(final?.json.description.hasPrefix(#"{"type":"error","error":""#) == true)
    }

    @Test func tenThousandDamagedSessionsGetObjects() throws {
        var mutations = WireMutations(seed: 3_000)
        let script: [LiveMessage] = [
            Self.start(#"{"callSid":"a","hints":["да",{"phrase":"нет"}]}"#, interim: true), .bytes(64), .bytes(3),
            Self.stop,
        ]
        for _ in 0..<10_000 {
            var machine = MachineDriver(JambonzProtocol(carriesCalls: true))
            for message in mutations.damaged(script) { machine.receive(message) }
            #expect(machine.calls.count <= 1)
            for reply in machine.takeReplies() { _ = try JSONSerialization.jsonObject(with: Data(reply.utf8)) }
        }
    }
}

import Foundation
import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// The wire of FreeSWITCH's `mod_audio_fork` and `mod_audio_stream`, and of jambonz' `listen`, as their documents have it.
@Suite struct ForkProtocolTests {
    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let query: String
        let messages: [LiveMessage]
        let expected: [String]

        init(_ name: String, at query: String = "", _ messages: [LiveMessage], _ expected: [String]) {
            (testDescription, self.query, self.messages, self.expected) = (name, query, messages, expected)
        }
    }

    /// The first message of `listen`.
    private static let listen =
        #"{"callSid":"9fb35c28-9688-4531-943c-e280b04f3adf","from":"+1508","sampleRate":16000,"mixType":"mono"}"#

    private static func refusal(_ reason: String) -> [String] {
        ["end \(reason)", #"{"type":"error","data":{"code":"invalid_message","message":"\#(reason)"}}"#]
    }

    static let scripts: [Script] = [
        Script("no metadata", [.bytes(320), .bytes(320)], ["begin 8000", "audio 320", "audio 320"]),
        Script(
            "metadata of an application", at: "sample_rate=16000",
            [.text("{'mode':'mono'}"), .bytes(640), .text(#"{"event":"dtmf","dtmf":"1"}"#), .bytes(640)],
            ["begin 16000", "audio 640", "audio 640"]),
        Script(
            "metadata of jambonz", [.text(listen), .bytes(640)],
            ["call 9fb35c28-9688-4531-943c-e280b04f3adf", "begin 16000", "audio 640"]),
        Script(
            "the address goes first", at: "call_id=A&sample_rate=8000&mix_type=mixed",
            [.text(#"{"callSid":"/","sampleRate":1,"mixType":7}"#), .bytes(320)],
            ["call a", "begin 8000", "audio 320"]),
        Script(
            "members that are null", [.text(#"{"callSid":null,"sampleRate":null}"#), .bytes(2)],
            ["begin 8000", "audio 2"]),
        Script(
            "two channels are apart", at: "mix_type=stereo", [.bytes(642), .bytes(2)],
            ["begin 8000, 2 channels", "audio 642", "audio 2"]),
        Script(
            "two channels of jambonz", [.text(#"{"callSid":"a","sampleRate":8000,"mixType":"stereo"}"#), .bytes(4)],
            ["call a", "begin 8000, 2 channels", "audio 4"]),
        Script(
            "an empty message ends the audio", [.bytes(320), .bytes(0), .bytes(320)],
            ["begin 8000", "audio 320", "end stop"]),
        Script("nothing but an end", at: "call_id=a", [.bytes(0)], ["call a", "begin 8000", "end stop"]),
        Script("a rate that is none", [.text(#"{"sampleRate":"8k"}"#)], refusal("sampleRate must be 8000 to 192000")),
        Script(
            "a rate that is too low", [.text(#"{"sampleRate":4000.5}"#)], refusal("sampleRate must be 8000 to 192000")),
        Script("an unknown mix", [.text(#"{"mixType":"quad"}"#)], refusal("mixType must be mono, mixed or stereo")),
        Script(
            "a name of other characters", [.text(#"{"callSid":"a b"}"#), .bytes(2)], refusal("callSid is not usable")),
    ]

    @Test(arguments: scripts) func scriptIsUnderstood(_ script: Script) throws {
        var machine = MachineDriver(ForkProtocol(try ForkSettings(script.query)))
        for message in script.messages { machine.receive(message) }
        #expect(machine.outcome == script.expected)
    }

    @Test func transcriptionsOfTwoChannelsSayWhich() throws {
        var wire = ForkProtocol(try ForkSettings("mix_type=stereo&interim_results=true"))
        func texts(_ event: ConversationEvent, on channel: Int) -> [String] {
            wire.receive(event, on: channel, at: 0).map(\.json.description)
        }
        let ends = (shown: #"}]}}"#, decided: #""end":2.0}}"#, blank: #""end":0.0}}"#)
        for channel in [1, 0] {
            #expect(
                texts(Self.partial, on: channel)
                    == [Self.shown.replacingOccurrences(of: ends.shown, with: #"}],"channel":\#(channel)}}"#)])
        }
        // A preview is taken back on its own channel.
        #expect(
            texts(.final(.spoken(["Раз,", "два."], from: 1)), on: 1)
                == [Self.decided.replacingOccurrences(of: ends.decided, with: #""end":2.0,"channel":1}}"#)])
        #expect(texts(.final(.spoken([])), on: 1) == [])
        #expect(
            texts(.final(.spoken([])), on: 0)
                == [Self.blank.replacingOccurrences(of: ends.blank, with: #""end":0.0,"channel":0}}"#)])
    }

    @Test(arguments: [
        ("sample_rate=4000", "invalid_sample_rate"), ("sample_rate=8k", "invalid_query"),
        ("mix_type=2", "invalid_query"),
        ("call_id=a%20b", "invalid_call_id"), ("call_id=", "invalid_call_id"), ("interim_results=1", "invalid_query"),
    ])
    func addressesAreChecked(query: String, code: String) {
        let failure = #expect(throws: HTTPFailure.self) { try ForkSettings(query) }
        #expect(failure?.code == code)
    }

    private static let partial = ConversationEvent.partial(Partial(words: .spoken(["Раз,"]), stableWordCount: 0))
    private static let shown =
        #"{"type":"transcription","data":{"is_final":false,"alternatives":[{"transcript":"Раз,","confidence":0.5}]}}"#
    private static let decided =
        #"{"type":"transcription","data":{"is_final":true,"alternatives":[{"transcript":"Раз, два.","#
        + #""confidence":0.5}],"start":1.0,"end":2.0}}"#
    private static let blank =
        #"{"type":"transcription","data":{"is_final":true,"alternatives":[{"transcript":"","confidence":0.0}],"#
        + #""start":0.0,"end":0.0}}"#
    private static let refused =
        #"{"type":"error","data":{"code":"call_in_use","message":"Another connection carries the call"}}"#

    struct Talk: Sendable {
        let query: String
        let events: [ConversationEvent]
        let replies: [String]
    }

    static let talks: [Talk] = [
        Talk(query: "", events: [partial], replies: []),
        Talk(query: "interim_results=true", events: [partial], replies: [shown]),
        Talk(query: "", events: [.final(.spoken(["Раз,", "два."], from: 1))], replies: [decided]),
        Talk(query: "", events: [partial, .final(.spoken([]))], replies: []),
        Talk(query: "interim_results=true", events: [partial, .final(.spoken([]))], replies: [shown, blank]),
        Talk(query: "", events: [.ending(.violation(.callInUse))], replies: [refused]),
        Talk(query: "", events: [.speechStarted(at: 1), .audioTaken, .flushed(1), .ending(.stop)], replies: []),
    ]

    @Test(arguments: talks) func eventsAreTranscriptions(talk: Talk) throws {
        var wire = ForkProtocol(try ForkSettings(talk.query))
        #expect(talk.events.flatMap { wire.receive($0, at: 0) }.map(\.json.description) == talk.replies)
    }

    @Test func failuresAreErrors() throws {
        var wire = ForkProtocol(try ForkSettings(nil))
        let error = try #require(wire.receive(.failed(WireFailure(GigaSTTError(.inferenceFailed, ""))), at: 0).first)
        #expect(error.failureCode == "inference_error")
        #expect(error.json.description.hasPrefix(#"{"type":"error","data":{"code":"inference_error","message":""#))
    }

    @Test func tenThousandDamagedSessionsGetObjects() throws {
        var mutations = WireMutations(seed: 8_021)
        let script: [LiveMessage] = [.text(Self.listen), .bytes(64), .text("{}"), .bytes(3), .bytes(0)]
        for round in 0..<10_000 {
            let settings = try ForkSettings(round % 2 == 0 ? "mix_type=stereo&interim_results=true" : nil)
            var machine = MachineDriver(ForkProtocol(settings))
            for message in mutations.damaged(script) { machine.receive(message) }
            machine.happen(Self.partial)
            #expect(machine.calls.count <= 1)
            for reply in machine.takeReplies() { _ = try JSONSerialization.jsonObject(with: Data(reply.utf8)) }
        }
    }
}

import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct GigaProtocolTests {
    private typealias Action = GigaProtocol.Action

    private func machine(_ adjust: (inout SessionSettings) -> Void = { _ in }) -> GigaProtocol {
        var settings = SessionSettings()
        adjust(&settings)
        return GigaProtocol(settings: settings, model: "gigaam-v3-rnnt")
    }

    private func options(_ mode: EndpointMode = .auto, silence: Int64 = 500, hasModel: Bool = false) -> LiveOptions {
        var options = LiveOptions()
        options.endpointing = mode.endpointing(silence: .milliseconds(silence), hasModel: hasModel)
        return options
    }

    private func codes(_ actions: [GigaProtocol.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .send(.error(let code, _, _)): code
            case .send: "message"
            case .begin(let rate, _): "begin \(rate)"
            case .feed: "feed"
            case .reopen: "reopen"
            case .end(let ending):
                "end \(ending.rest) \(ending.close?.code.map(String.init) ?? "-") \(ending.close?.reason ?? "")"
            }
        }
    }

    @Test func readyAnnouncesTheLimitsThatAreSet() {
        let machine = machine {
            $0.lengthLimit = .seconds(4567)
            $0.idleTimeout = .seconds(123)
        }
        #expect(
            machine.ready.json
                == #"{"type":"ready","model":"gigaam-v3-rnnt","sample_rate":48000,"version":"1.0","#
                + #""supported_rates":[8000,16000,24000,44100,48000],"max_session_secs":4567,"#
                + #""idle_timeout_secs":123}"#)
    }

    struct Script: Sendable, CustomTestStringConvertible {
        let name: String
        /// Texts, or the byte counts of binary messages.
        let input: [Input]
        let expected: [String]
        var testDescription: String { name }

        init(_ name: String, _ input: [Input], _ expected: [String]) {
            (self.name, self.input, self.expected) = (name, input, expected)
        }
    }

    enum Input: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case text(String)
        case binary(Int)
        init(stringLiteral text: String) { self = .text(text) }
        init(integerLiteral count: Int) { self = .binary(count) }
    }

    static let scripts: [Script] = [
        Script("audio without configure is 48 kHz", [320], ["begin 48000", "feed"]),
        Script("later audio is fed only", [320, 320], ["begin 48000", "feed", "feed"]),
        Script(
            "each rate is taken", [#"{"type":"configure","sample_rate":8000}"#, 2], ["begin 8000", "feed"]),
        Script(
            "the last rate wins",
            [#"{"type":"configure","sample_rate":8000}"#, #"{"type":"configure","sample_rate":16000}"#, 2],
            ["begin 16000", "feed"]),
        Script(
            "an absent field keeps its value",
            [#"{"type":"configure","sample_rate":16000}"#, #"{"type":"configure","diarization":false}"#, 2],
            ["begin 16000", "feed"]),
        Script("null is absent", [#"{"type":"configure","sample_rate":null}"#, 2], ["begin 48000", "feed"]),
        Script(
            "a wrong rate is named and the session goes on",
            [#"{"type":"configure","sample_rate":7000}"#, 2], ["invalid_sample_rate", "begin 48000", "feed"]),
        Script(
            "a wrong rate does not stop the rest of the message",
            [#"{"type":"configure","sample_rate":7000,"endpoint_mode":"Foo"}"#],
            ["invalid_sample_rate", "invalid_endpoint_mode"]),
        Script(
            "one byte is audio", [1, #"{"type":"configure","sample_rate":16000}"#],
            ["begin 48000", "feed", "configure_too_late"]),
        Script(
            "too late comes before the version", [2, #"{"type":"configure","protocol_version":"0.1"}"#, 2],
            ["begin 48000", "feed", "configure_too_late", "feed"]),
        Script(
            "empty messages are not audio", [0, 0, #"{"type":"configure","sample_rate":16000}"#, 2],
            ["begin 16000", "feed"]),
        Script(
            "another version ends the session",
            [#"{"type":"configure","protocol_version":"2.0","sample_rate":7000}"#, 2, #"{"type":"stop"}"#],
            ["unsupported_protocol_version", "end dropped 1008 unsupported protocol version"]),
        Script("our version is taken", [#"{"type":"configure","protocol_version":"1.0"}"#], []),
        Script("an empty configure does nothing", [#"{"type":"configure"}"#], []),
        Script("unknown fields are ignored", [#"{"type":"configure","foo":[1]}"#], []),
        Script(
            "a rate in quotes is an error and changes nothing",
            [#"{"type":"configure","sample_rate":"16000"}"#, 2], ["invalid_configure", "begin 48000", "feed"]),
        Script("a negative rate is malformed", [#"{"type":"configure","sample_rate":-1}"#], ["invalid_configure"]),
        Script(
            "a rate of 33 bits is malformed", [#"{"type":"configure","sample_rate":4294967296}"#],
            ["invalid_configure"]),
        Script("a broken rate is malformed", [#"{"type":"configure","sample_rate":16000.5}"#], ["invalid_configure"]),
        Script("a switch of a wrong type is malformed", [#"{"type":"configure","itn":1}"#], ["invalid_configure"]),
        Script("what is no JSON is ignored", ["not json", "", "\u{0}", "{", "[]", #"{"foo":1}"#], []),
        Script("an unknown type is ignored", [#"{"type":"dance"}"#, #"{"type":7}"#, #"{"Type":"stop"}"#], []),
        Script("stop before audio", [#"{"type":"stop","x":1}"#], ["end empty 1000 "]),
        Script("stop after audio", [2, #"{"type":"stop"}"#], ["begin 48000", "feed", "end decoded 1000 "]),
        Script("nothing after stop", [#"{"type":"stop"}"#, 2, 0, #"{"type":"stop"}"#], ["end empty 1000 "]),
    ]

    @Test(arguments: scripts) func scriptIsAnswered(_ script: Script) {
        var machine = machine()
        let actions = script.input.flatMap { input in
            switch input {
            case .text(let text): machine.receive(text: text)
            case .binary(let count): machine.receive(binaryByteCount: count)
            }
        }
        #expect(codes(actions) == script.expected)
    }

    @Test func thousandEmptyMessagesAreTakenAndNoMore() {
        var machine = machine()
        for _ in 0..<500 { #expect(machine.receive(binaryByteCount: 0) == []) }
        #expect(codes(machine.receive(binaryByteCount: 2)) == ["begin 48000", "feed"])
        for _ in 0..<500 { #expect(machine.receive(binaryByteCount: 0) == []) }
        #expect(
            codes(machine.receive(binaryByteCount: 0)) == ["policy_violation", "end dropped 1008 policy violation"])
        #expect(machine.receive(binaryByteCount: 0) == [])
    }

    @Test(arguments: [
        ("{\"type\":\"configure\",\"endpoint_mode\":\" Manual \"}", EndpointMode.manual, Int64(500)),
        ("{\"type\":\"configure\",\"endpoint_mode\":\"ASSISTANT\",\"min_silence_ms\":300}", .assistant, 300),
        ("{\"type\":\"configure\",\"min_silence_ms\":1}", .auto, 80),
        ("{\"type\":\"configure\",\"min_silence_ms\":4294967295}", .auto, 60_000),
    ])
    func endpointSettingsReachTheEngine(text: String, mode: EndpointMode, silence: Int64) {
        var machine = machine()
        #expect(machine.receive(text: text) == [])
        #expect(
            machine.receive(binaryByteCount: 2)
                == [.begin(sampleRate: 48_000, options(mode, silence: silence)), .feed])
    }

    @Test func errorsSayWhatTheContractSays() {
        var machine = machine()
        #expect(
            machine.receive(text: #"{"type":"configure","sample_rate":7000,"endpoint_mode":"Foo"}"#) == [
                .send(
                    .error(
                        code: "invalid_sample_rate",
                        message: "Unsupported sample rate: 7000Hz. Supported: [8000, 16000, 24000, 44100, 48000]")),
                .send(
                    .error(
                        code: "invalid_endpoint_mode",
                        message: "Unsupported endpoint_mode: Foo. Supported: auto, assistant, manual")),
            ])
        guard
            case .send(.error(_, let message, _)) = machine.receive(
                text: #"{"type":"configure","protocol_version":"0.1"}"#
            ).first
        else { return #expect(Bool(false)) }
        #expect(message == "Unsupported protocol version: 0.1. Supported: 1.0")
    }

    @Test func clientsOwnWordsComeBackShortened() {
        var machine = machine()
        let long = String(repeating: "я", count: 100_000)
        guard
            case .send(.error(_, let message, _)) = machine.receive(
                text: #"{"type":"configure","endpoint_mode":"\#(long)"}"#
            ).first
        else { return #expect(Bool(false)) }
        #expect(message.unicodeScalars.count < 200)
    }

    @Test func pingIsNoMatterOfTheProtocol() {
        var machine = machine()
        #expect(machine.receive(.ping) == [])
    }
}

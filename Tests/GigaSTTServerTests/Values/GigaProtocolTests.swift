import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

@Suite struct GigaProtocolTests {
    private func machine(_ adjust: (inout SessionSettings) -> Void = { _ in }) -> GigaProtocol {
        var settings = SessionSettings()
        adjust(&settings)
        return GigaProtocol(settings: settings, model: "gigaam-v3-rnnt")
    }

    private func codes(_ steps: [GigaProtocol.Step]) -> [String] {
        steps.map { step in
            switch step {
            case .reply(.error(let code, _, _)): code
            case .call(let id, _): "call \(id)"
            case .reply: "message"
            case .input(.begin(let format, _, _)): "begin \(format.sampleRate)"
            case .input(.audio): "audio"
            case .input(.flush): "flush"
            case .input(.end(let reason)): "end \(reason)"
            }
        }
    }

    @Test func readyAnnouncesTheLimitsThatAreSet() {
        let machine = machine {
            $0.maximumDuration = .seconds(4567)
            $0.idleTimeout = .seconds(123)
        }
        #expect(
            machine.open().map(\.json.description) == [
                #"{"type":"ready","model":"gigaam-v3-rnnt","sample_rate":48000,"version":"1.2","#
                    + #""supported_rates":[8000,16000,24000,44100,48000],"min_protocol_version":"1.0","#
                    + #""max_session_secs":4567,"#
                    + #""idle_timeout_secs":123}"#
            ])
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

    @Test func receivedAudioIsAcknowledgedOnceASecondWhereTheSessionCanBeResumed() {
        for grant in [ResumeGrant(token: "t", window: .seconds(60)), nil] {
            var machine = GigaProtocol(settings: SessionSettings(), model: "m", enableResume: { grant })
            let steps = machine.receive(.text(#"{"type":"configure","sample_rate":8000,"resume":true}"#))
            #expect(steps == [.reply(grant.map { .resumable($0) } ?? .resumeUnavailable)])
            var acknowledged: [ServerMessage] = []
            for _ in 0..<5 {
                _ = machine.receive(.binary(ByteBuffer(repeating: 0, count: 10_000)))
                acknowledged += machine.receive(.audioTaken, at: 0)
            }
            let counts = grant == nil ? [] : [20_000, 40_000]
            #expect(acknowledged == counts.map { .acknowledged(audioByteCount: $0) })
        }
    }

    static let scripts: [Script] = [
        Script("audio without configure is 48 kHz", [320], ["begin 48000", "audio"]),
        Script("later audio is fed only", [320, 320], ["begin 48000", "audio", "audio"]),
        Script(
            "each rate is taken", [#"{"type":"configure","sample_rate":8000}"#, 2], ["begin 8000", "audio"]),
        Script(
            "the last rate wins",
            [#"{"type":"configure","sample_rate":8000}"#, #"{"type":"configure","sample_rate":16000}"#, 2],
            ["begin 16000", "audio"]),
        Script(
            "an absent field keeps its value",
            [#"{"type":"configure","sample_rate":16000}"#, #"{"type":"configure","diarization":false}"#, 2],
            ["begin 16000", "audio"]),
        Script("null is absent", [#"{"type":"configure","sample_rate":null}"#, 2], ["begin 48000", "audio"]),
        Script(
            "a wrong rate is named and the session goes on",
            [#"{"type":"configure","sample_rate":7000}"#, 2], ["invalid_sample_rate", "begin 48000", "audio"]),
        Script(
            "a wrong rate does not stop the rest of the message",
            [#"{"type":"configure","sample_rate":7000,"endpoint_mode":"Foo"}"#],
            ["invalid_sample_rate", "invalid_endpoint_mode"]),
        Script(
            "one byte is audio", [1, #"{"type":"configure","sample_rate":16000}"#],
            ["begin 48000", "audio", "configure_too_late"]),
        Script(
            "too late comes before the version", [2, #"{"type":"configure","protocol_version":"0.1"}"#, 2],
            ["begin 48000", "audio", "configure_too_late", "audio"]),
        Script(
            "empty messages are not audio", [0, 0, #"{"type":"configure","sample_rate":16000}"#, 2],
            ["begin 16000", "audio"]),
        Script(
            "another version ends the session",
            [#"{"type":"configure","protocol_version":"2.0","sample_rate":7000}"#, 2, #"{"type":"stop"}"#],
            ["unsupported_protocol_version", "end unsupported protocol version"]),
        Script("version 1.0 is taken", [#"{"type":"configure","protocol_version":"1.0"}"#], []),
        Script("version 1.2 is taken", [#"{"type":"configure","protocol_version":"1.2"}"#], []),
        Script(
            "versions of the future are refused", [#"{"type":"configure","protocol_version":"1.3"}"#],
            ["unsupported_protocol_version", "end unsupported protocol version"]),
        Script(
            "a wrong commit policy is named and the session goes on",
            [#"{"type":"configure","commit_policy":"never"}"#, 2], ["invalid_commit_policy", "begin 48000", "audio"]),
        Script(
            "a commit policy of a wrong type is malformed", [#"{"type":"configure","commit_policy":1}"#],
            ["invalid_configure"]),
        Script("a marker ends the utterance", [2, #"{"type":"marker","id":"a"}"#], ["begin 48000", "audio", "flush"]),
        Script(
            "a marker needs an id",
            [#"{"type":"marker"}"#, #"{"type":"marker","id":7}"#, #"{"type":"marker","id":"a","id":"b"}"#],
            ["invalid_marker", "invalid_marker", "invalid_marker"]),
        Script("an empty configure does nothing", [#"{"type":"configure"}"#], []),
        Script("unknown fields are ignored", [#"{"type":"configure","foo":[1]}"#], []),
        Script(
            "a rate in quotes is an error and changes nothing",
            [#"{"type":"configure","sample_rate":"16000"}"#, 2], ["invalid_configure", "begin 48000", "audio"]),
        Script("a negative rate is malformed", [#"{"type":"configure","sample_rate":-1}"#], ["invalid_configure"]),
        Script(
            "a rate of 33 bits is malformed", [#"{"type":"configure","sample_rate":4294967296}"#],
            ["invalid_configure"]),
        Script("a broken rate is malformed", [#"{"type":"configure","sample_rate":16000.5}"#], ["invalid_configure"]),
        Script(
            "a whole rate with a fraction is malformed", [#"{"type":"configure","sample_rate":16000.0}"#],
            ["invalid_configure"]),
        Script(
            "a rate with an exponent is malformed", [#"{"type":"configure","sample_rate":16e3}"#], ["invalid_configure"]
        ),
        Script(
            "a field given twice is malformed", [#"{"type":"configure","sample_rate":8000,"sample_rate":16000}"#, 2],
            ["invalid_configure", "begin 48000", "audio"]),
        Script("an unknown field may be given twice", [#"{"type":"configure","foo":1,"foo":2}"#], []),
        Script("a type given twice is ignored", [#"{"type":"stop","type":"stop"}"#], []),
        Script("a type may be escaped", [#"{"\u0074ype":"st\u006fp"}"#], ["end stop"]),
        Script("a switch of a wrong type is malformed", [#"{"type":"configure","itn":1}"#], ["invalid_configure"]),
        Script("what is no JSON is ignored", ["not json", "", "\u{0}", "{", "[]", #"{"foo":1}"#], []),
        Script("an unknown type is ignored", [#"{"type":"dance"}"#, #"{"type":7}"#, #"{"Type":"stop"}"#], []),
        Script("stop before audio", [#"{"type":"stop","x":1}"#], ["end stop"]),
        Script("stop after audio", [2, #"{"type":"stop"}"#], ["begin 48000", "audio", "end stop"]),
        Script("nothing after stop", [#"{"type":"stop"}"#, 2, 0, #"{"type":"stop"}"#], ["end stop"]),
    ]

    @Test(arguments: scripts) func scriptIsAnswered(_ script: Script) {
        var machine = machine()
        let actions = script.input.flatMap { input in
            switch input {
            case .text(let text): machine.receive(.text(text))
            case .binary(let count): machine.receive(.bytes(count))
            }
        }
        #expect(codes(actions) == script.expected)
    }

    @Test func thousandEmptyMessagesAreTakenAndNoMore() {
        var machine = machine()
        for _ in 0..<500 { #expect(machine.receive(.bytes(0)) == []) }
        #expect(codes(machine.receive(.bytes(2))) == ["begin 48000", "audio"])
        for _ in 0..<500 { #expect(machine.receive(.bytes(0)) == []) }
        #expect(
            codes(machine.receive(.bytes(0))) == ["policy_violation", "end policy violation"])
        #expect(machine.receive(.bytes(0)) == [])
    }

    @Test func errorsSayWhatTheContractSays() {
        var machine = machine()
        #expect(
            machine.receive(.text(#"{"type":"configure","sample_rate":7000,"endpoint_mode":"Foo"}"#)) == [
                .reply(
                    .error(
                        code: "invalid_sample_rate",
                        message: "Unsupported sample rate: 7000Hz. Supported: [8000, 16000, 24000, 44100, 48000]")),
                .reply(
                    .error(
                        code: "invalid_endpoint_mode",
                        message: "Unsupported endpoint_mode: Foo. Supported: auto, assistant, manual")),
            ])
        guard
            case .reply(.error(_, let message, _)) = machine.receive(
                .text(#"{"type":"configure","protocol_version":"0.1"}"#)
            ).first
        else { return #expect(Bool(false)) }
        #expect(message == "Unsupported protocol version: 0.1. Supported: 1.0, 1.2")
    }

    @Test func clientsOwnWordsComeBackShortened() {
        var machine = machine()
        let long = String(repeating: "я", count: 100_000)
        guard
            case .reply(.error(_, let message, _)) = machine.receive(
                .text(#"{"type":"configure","endpoint_mode":"\#(long)"}"#)
            ).first
        else { return #expect(Bool(false)) }
        #expect(message.unicodeScalars.count < 200)
    }

    /// gigastt contract, section 7, with the improvements that section 16 recommends.
    @Test(arguments: [
        (EndReason.stop, "1000 "), (.clientClosed(code: 4_000), "4000 "), (.clientClosed(code: nil), "- "),
        (.idle, "1001 idle timeout"), (.sessionLength, "1008 max session duration"),
        (.pingTimeout, "1001 ping timeout"), (.shutdown, "1001 server shutdown"),
        (.violation(MessageAssembler.tooBig), "1009 message too big"),
        (.failed(WireFailure(GigaSTTError(.timedOut, ""))), "1011 inference timeout"),
        (.failed(WireFailure(GigaSTTError(.inferenceFailed, ""))), "1011 internal error"),
        (.failed(WireFailure(GigaSTTError(.shuttingDown, ""))), "1001 server shutdown"),
    ])
    func endsHaveTheCloseOfTheContract(reason: EndReason, expected: String) {
        let close = machine().close(for: reason)
        #expect("\(close?.code.map(String.init) ?? "-") \(close?.reason ?? "")" == expected)
    }

    @Test func lostConnectionHasNoClose() { #expect(machine().close(for: .disconnected) == nil) }
}

extension LiveMessage {
    /// A binary message of zeros.
    static func bytes(_ count: Int) -> LiveMessage { .binary(ByteBuffer(repeating: 0, count: count)) }
}

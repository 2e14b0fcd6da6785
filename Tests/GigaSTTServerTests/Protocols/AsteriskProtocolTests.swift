import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// The wire of Asterisk's `chan_websocket`, as Asterisk 20 to 23 writes it.
@Suite struct AsteriskProtocolTests {
    /// As Asterisk 22.11 sent it.
    static let start =
        "MEDIA_START connection_id:dograh channel:WebSocket/dograh/0x78b36c003130 "
        + "channel_id:dograh-ext-98fc90e9-3f20-4244-b20a-ecb5e52da23e format:ulaw optimal_frame_size:160 ptime:20"
    private static let name = "dograh-ext-98fc90e9-3f20-4244-b20a-ecb5e52da23e"

    /// The example of the change that added JSON to Asterisk.
    private static let json = #"""
        {"event":"MEDIA_START","connection_id":"media_connection1","channel":"WebSocket/media_connection1/0x5140001a0040",
        "channel_id":"1761245643.1","format":"slin16","optimal_frame_size":640,"ptime":20,"channel_variables":{
        "DIALEDPEERNUMBER":"media_connection1/c(slin16)","MEDIA_WEBSOCKET_CONNECTION_ID":"media_connection1"}}
        """#

    struct Script: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var call: String?
        let messages: [LiveMessage]
        let expected: [String]

        init(_ name: String, call: String? = nil, _ messages: [LiveMessage], _ expected: [String]) {
            (testDescription, self.call, self.messages, self.expected) = (name, call, messages, expected)
        }
    }

    private static let tooEarly = "end the first message must be MEDIA_START"
    private static let noFormat = "end the format of the media must be ulaw, alaw or slin to slin192, such as c(slin16)"
    private static let noName = "end the channel has no usable identifier; give one in the address: v(call_id=...)"

    static let scripts: [Script] = [
        Script(
            "a call", [.text(start), .bytes(160), .bytes(160)],
            ["call \(name)", "begin 8000", "audio 160", "audio 160"]),
        Script("in JSON", [.text(json), .bytes(640)], ["call 1761245643.1", "begin 16000", "audio 640"]),
        Script("named by the address", call: "A-1", [.text(start)], ["call a-1", "begin 8000"]),
        Script(
            "events between the media",
            [
                .text(start), .text("DTMF_END digit:5 channel_id:1"), .bytes(160), .text("MEDIA_XON"), .text(start),
                .text("STATUS channel_id:1 queue_length:0"), .text(""), .text(#"{"event":"#), .bytes(0),
            ], ["call \(name)", "begin 8000", "audio 160"]),
        Script("media before their format", [.bytes(160), .text(start)], [tooEarly, "HANGUP"]),
        Script("another event first", [.text("MEDIA_XON")], [tooEarly, "HANGUP"]),
        Script("an empty message", [.text("")], [tooEarly, "HANGUP"]),
        Script("damaged JSON", [.text("{")], [tooEarly, #"{"command":"HANGUP"}"#]),
        Script("a format without free cuts", [.text("MEDIA_START channel_id:1 format:opus")], [noFormat, "HANGUP"]),
        Script("no format", [.text("MEDIA_START channel_id:1")], [noFormat, "HANGUP"]),
        Script(
            "two formats", [.text(#"{"event":"MEDIA_START","channel_id":"1","format":"ulaw","format":"alaw"}"#)],
            [noFormat, #"{"command":"HANGUP"}"#]),
        Script("no name", [.text("MEDIA_START connection_id:a format:slin")], [noName, "HANGUP"]),
        Script("a name of other characters", [.text("MEDIA_START channel_id:a/b format:slin")], [noName, "HANGUP"]),
    ]

    private static func outcome(_ call: String?, _ messages: [LiveMessage]) -> [String] {
        var machine = MachineDriver(AsteriskProtocol(call: call.flatMap { CallID($0) }))
        for message in messages { machine.receive(message) }
        return machine.outcome
    }

    @Test(arguments: scripts) func scriptIsUnderstood(_ script: Script) {
        #expect(Self.outcome(script.call, script.messages) == script.expected)
    }

    /// Rates of Asterisk's `format_cache`.
    @Test(
        arguments: [
            ("ulaw", 8_000), ("alaw", 8_000), ("slin", 8_000), ("slin12", 12_000), ("slin16", 16_000),
            ("slin24", 24_000), ("slin32", 32_000), ("slin44", 44_100), ("slin48", 48_000), ("slin96", 96_000),
            ("slin192", 192_000),
        ])
    func eachFormatHasItsRate(name: String, rate: Int) throws {
        let codec = try #require(HeaderlessEncoding.Codec(name: name.hasPrefix("slin") ? "slin" : name))
        let format = try PCMFormat.headerless(HeaderlessEncoding(codec: codec, sampleRate: rate))
        #expect(AsteriskEvent("MEDIA_START format:\(name)").format == format)
    }

    @Test(arguments: ["", "slin8", "ULAW", "g722", "opus", "gsm", "pcmu"]) func otherFormatsHaveNone(name: String) {
        #expect(AsteriskEvent("MEDIA_START format:\(name)").format == nil)
    }

    @Test(
        arguments: [
            (.idle, ["HANGUP"]), (.sessionLength, ["HANGUP"]), (.shutdown, ["HANGUP"]), (.pingTimeout, ["HANGUP"]),
            (.stop, []), (.disconnected, []), (.violation(.callInUse), ["HANGUP"]),
            (.violation(MessageAssembler.tooBig), []),
        ] as [(EndReason, [String])])
    func endsOfTheServerHangUp(reason: EndReason, replies: [String]) {
        #expect(AsteriskProtocol().receive(.ending(reason), at: 0).map(\.message) == replies.map { .text($0) })
    }

    @Test func failuresThatEndTheCallHangUp() {
        let wire = AsteriskProtocol()
        #expect(wire.receive(.failed(WireFailure(GigaSTTError(.inferenceFailed, ""))), at: 0) == [])
        let final = wire.receive(.failed(WireFailure(GigaSTTError(.overloaded, ""))), at: 0)
        #expect(final == [AsteriskReply(isJSON: false, failureCode: "timeout")])
        #expect(wire.receive(.final(.spoken(["раз"])), at: 0) == [])
    }

    @Test func tenThousandDamagedSessionsAreCallsOrHangUp() {
        var mutations = WireMutations(seed: 2_016)
        for round in 0..<10_000 {
            let script: [LiveMessage] = [
                .text(round % 2 == 0 ? Self.start : Self.json), .bytes(64), .text("DTMF_END digit:5 channel_id:1"),
                .bytes(3),
            ]
            var machine = MachineDriver(AsteriskProtocol())
            for message in mutations.damaged(script) { machine.receive(message) }
            #expect(machine.calls.count + machine.replies.count <= 1)
            #expect(machine.calls.isEmpty == !machine.inputs.contains { if case .begin = $0 { true } else { false } })
        }
    }
}

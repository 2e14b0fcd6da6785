import Testing

@testable import GigaSTTServer

@Suite struct GigaProtocolEndingTests {
    private func machine() -> GigaProtocol { GigaProtocol(settings: SessionSettings(), model: "m") }

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

    struct Ending: Sendable, CustomTestStringConvertible {
        let name: String
        let fresh: [String]
        let streaming: [String]
        let act: @Sendable (inout GigaProtocol) -> [GigaProtocol.Action]
        var testDescription: String { name }
    }

    static let endings: [Ending] = [
        Ending(
            name: "shutdown", fresh: ["end empty 1001 server shutdown"],
            streaming: ["end decoded 1001 server shutdown"], act: { $0.shutDown() }),
        Ending(
            name: "length", fresh: ["max_session_duration_exceeded", "end empty 1008 max session duration"],
            streaming: ["max_session_duration_exceeded", "end decoded 1008 max session duration"],
            act: { $0.receive(.sessionLength) }),
        Ending(
            name: "idle", fresh: ["idle_timeout", "end dropped 1001 idle timeout"],
            streaming: ["idle_timeout", "end decoded 1001 idle timeout"], act: { $0.receive(.idle) }),
        Ending(
            name: "silent peer", fresh: ["end dropped 1001 ping timeout"],
            streaming: ["end decoded 1001 ping timeout"], act: { $0.receive(.peerSilent) }),
        Ending(
            name: "close of the client", fresh: ["end dropped 4000 "], streaming: ["end decoded 4000 "],
            act: { $0.receive(closeCode: 4000) }),
        Ending(
            name: "too big", fresh: ["end dropped 1009 message too big"],
            streaming: ["end decoded 1009 message too big"], act: { $0.violated(MessageAssembler.tooBig) }),
        Ending(
            name: "violation", fresh: ["end dropped 1002 x"], streaming: ["end dropped 1002 x"],
            act: { $0.violated(WebSocketClose(.protocolError, "x")) }),
    ]

    @Test(arguments: endings) func endingsKeepWhatWasHeardAndHappenOnce(_ ending: Ending) {
        var fresh = machine()
        #expect(codes(ending.act(&fresh)) == ending.fresh)
        var streaming = machine()
        _ = streaming.receive(binaryByteCount: 2)
        #expect(codes(ending.act(&streaming)) == ending.streaming)
        for other in Self.endings { #expect(other.act(&streaming) == []) }
        #expect(machine().ready == streaming.ready)
    }
}

import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct GigaProtocolEventTests {
    private let word = Word(text: "да", start: 0.12, end: 0.44, confidence: 0.97)

    private func machine(usesModel: Bool = false) -> GigaProtocol {
        var settings = SessionSettings()
        settings.usesVoiceActivityModel = usesModel
        return GigaProtocol(settings: settings, model: "m")
    }

    private func final(_ words: [Word], _ endpoint: EndpointReason) -> ConversationEvent {
        .final(Segment(words: words, start: 0, end: 1, endpoint: endpoint))
    }

    @Test func partialHasTheBytesOfTheContract() {
        var machine = machine()
        let partial = Partial(words: [word, Word(text: "нет", start: 1, end: 1, confidence: 1)], stableWordCount: 1)
        #expect(
            machine.receive(.partial(partial), at: 1_719_300_000.123).map(\.json) == [
                #"{"type":"partial","text":"да нет","words":["#
                    + #"{"word":"да","start":0.12,"end":0.44,"confidence":0.97},"#
                    + #"{"word":"нет","start":1.0,"end":1.0,"confidence":1.0}],"#
                    + #""is_final":false,"timestamp":1719300000.123,"confidence":0.97}"#
            ])
    }

    @Test func finalHasTheBytesOfTheContract() {
        var machine = machine()
        var spoken = word
        spoken.speaker = 1
        #expect(
            machine.receive(final([spoken], .endOfInput), at: 5).map(\.json) == [
                #"{"type":"final","text":"да","words":["#
                    + #"{"word":"да","start":0.12,"end":0.44,"confidence":0.97,"speaker":1}],"#
                    + #""is_final":true,"timestamp":5.0,"speech_final":true,"endpoint_reason":"stop","confidence":0.97}"#
            ])
        #expect(
            machine.receive(final([], .endOfInput), at: 7.5).map(\.json) == [
                #"{"type":"final","text":"","words":[],"is_final":true,"timestamp":7.5,"#
                    + #""speech_final":true,"endpoint_reason":"stop"}"#
            ])
    }

    @Test func textIsEscaped() {
        let message = ServerMessage.error(code: "a", message: "\"\\\n\u{1}я", retryAfterMilliseconds: 30_000)
        #expect(
            message.json == #"{"type":"error","message":"\"\\\n\u0001я","code":"a","retry_after_ms":30000}"#)
    }

    @Test(arguments: [
        (EndpointReason.silence, "blank", "vad"), (.maximumLength, "blank", "vad"), (.blankRun, "blank", "blank"),
        (.flush, "stop", "stop"), (.endOfInput, "stop", "stop"),
    ])
    func reasonsAreThoseOfTheContract(endpoint: EndpointReason, byEnergy: String, byModel: String) {
        for (usesModel, expected) in [(false, byEnergy), (true, byModel)] {
            var machine = machine(usesModel: usesModel)
            guard case .final(_, let reason) = machine.receive(final([word], endpoint), at: 0).first else {
                return #expect(Bool(false))
            }
            #expect(reason == expected)
        }
    }

    @Test func blankFinalsComeAtTheEndOnly() {
        var machine = machine()
        #expect(machine.receive(final([], .silence), at: 0) == [])
        let empty = Partial(words: [], stableWordCount: 0)
        #expect(machine.receive(.partial(empty), at: 0) == [])
        _ = machine.receive(.partial(Partial(words: [word], stableWordCount: 0)), at: 0)
        // What is shown is taken back.
        #expect(
            machine.receive(final([], .silence), at: 0)
                == [.partial(.init(text: "", words: [], timestamp: 0))])
        #expect(machine.receive(final([], .endOfInput), at: 0).count == 1)
    }

    @Test func restIsNotForTheWire() {
        var machine = machine()
        for event in [ConversationEvent.speechStarted(at: 1), .speechStopped(at: 2), .flushed(3), .ending(.stop)] {
            #expect(machine.receive(event, at: 0) == [])
        }
    }

    @Test(arguments: [
        (GigaSTTError(.overloaded, "", retryAfter: .microseconds(1_500_200)), "timeout", UInt32?(1_501), UInt16?(1013)),
        (GigaSTTError(.overloaded, ""), "timeout", 1_000, 1013),
        (GigaSTTError(.timedOut, ""), "inference_timeout", nil, 1011),
        (GigaSTTError(.shuttingDown, ""), "pool_closed", nil, 1001),
        (GigaSTTError(.invalidOption, ""), "invalid_input", nil, 1011),
        (GigaSTTError(.modelDamaged, ""), "internal", nil, 1011),
        (GigaSTTError(.inferenceFailed, ""), "inference_error", nil, nil),
    ])
    func failuresHaveTheCodesOfTheContract(error: GigaSTTError, code: String, retry: UInt32?, close: UInt16?) {
        var machine = machine()
        let failure = WireFailure(error)
        guard case .error(let sent, _, let sentRetry) = machine.receive(.failed(failure), at: 0).first
        else { return #expect(Bool(false)) }
        #expect(sent == code && sentRetry == retry && failure.close?.code == close)
    }

    @Test func endsOfTheServerAreSaidBeforeTheLastFinal() {
        var machine = machine()
        #expect(machine.receive(.ending(.idle), at: 0) == [.idleTimeout])
        #expect(machine.receive(.ending(.sessionLength), at: 0) == [.sessionTooLong])
        for reason in [EndReason.stop, .shutdown, .pingTimeout, .clientClosed(code: nil)] {
            #expect(machine.receive(.ending(reason), at: 0) == [])
        }
    }
}

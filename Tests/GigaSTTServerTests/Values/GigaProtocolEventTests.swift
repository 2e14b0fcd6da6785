import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct GigaProtocolEventTests {
    private let word = Word(text: "да", start: 0.12, end: 0.44, confidence: 0.97)

    private func machine(usesModel: Bool = false) -> GigaProtocol {
        var settings = SessionSettings()
        settings.usesVoiceActivityModel = usesModel
        var machine = GigaProtocol(settings: settings, model: "m")
        _ = machine.receive(binaryByteCount: 2)
        return machine
    }

    private func final(_ words: [Word], _ endpoint: EndpointReason) -> LiveEvent {
        .final(Segment(words: words, start: 0, end: 1, endpoint: endpoint))
    }

    @Test func partialHasTheBytesOfTheContract() {
        var machine = machine()
        let partial = Partial(words: [word, Word(text: "нет", start: 1, end: 1, confidence: 1)], stableWordCount: 1)
        #expect(
            machine.receive(.partial(partial), offset: 0, at: 1_719_300_000.123)?.json
                == #"{"type":"partial","text":"да нет","words":["#
                + #"{"word":"да","start":0.12,"end":0.44,"confidence":0.97},"#
                + #"{"word":"нет","start":1.0,"end":1.0,"confidence":1.0}],"#
                + #""is_final":false,"timestamp":1719300000.123,"confidence":0.97}"#)
    }

    @Test func finalHasTheBytesOfTheContract() {
        var machine = machine()
        var spoken = word
        spoken.speaker = 1
        #expect(
            machine.receive(final([spoken], .endOfInput), offset: 0, at: 5)?.json
                == #"{"type":"final","text":"да","words":["#
                + #"{"word":"да","start":0.12,"end":0.44,"confidence":0.97,"speaker":1}],"#
                + #""is_final":true,"timestamp":5.0,"speech_final":true,"endpoint_reason":"stop","confidence":0.97}"#)
        #expect(
            machine.emptyFinal(at: 7.5).json
                == #"{"type":"final","text":"","words":[],"is_final":true,"timestamp":7.5,"#
                + #""speech_final":true,"endpoint_reason":"stop"}"#)
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
            guard case .final(_, let reason) = machine.receive(final([word], endpoint), offset: 0, at: 0) else {
                return #expect(Bool(false))
            }
            #expect(reason == expected)
        }
    }

    @Test func blankFinalsComeAtTheEndOnly() {
        var machine = machine()
        #expect(machine.receive(final([], .silence), offset: 0, at: 0) == nil)
        let empty = Partial(words: [], stableWordCount: 0)
        #expect(machine.receive(.partial(empty), offset: 0, at: 0) == nil)
        _ = machine.receive(.partial(Partial(words: [word], stableWordCount: 0)), offset: 0, at: 0)
        // What is shown is taken back.
        #expect(
            machine.receive(final([], .silence), offset: 0, at: 0)
                == .partial(.init(text: "", words: [], timestamp: 0)))
        #expect(machine.receive(final([], .endOfInput), offset: 0, at: 0) != nil)
    }

    @Test func restIsNotForTheWire() {
        var machine = machine()
        for event in [LiveEvent.speechStarted(at: 1), .speechStopped(at: 2), .flushed(3)] {
            #expect(machine.receive(event, offset: 0, at: 0) == nil)
        }
    }

    @Test func timesGoOnAfterAStreamWasReplaced() {
        var machine = machine()
        guard case .final(let spoken, _) = machine.receive(final([word], .silence), offset: 10.2, at: 0) else {
            return #expect(Bool(false))
        }
        #expect(spoken.words.map(\.start) == [10.32] && spoken.words.map(\.end) == [10.64])
    }

    @Test func failedStreamIsReplacedButNotForEver() {
        var machine = machine()
        let failure = GigaSTTError(.inferenceFailed, "secret")
        let message = ServerMessage.error(
            code: "inference_error", message: "Inference failed. Please check audio format.")
        for _ in 0..<2 {
            let actions = machine.failed(failure)
            #expect(actions.count == 2 && actions.first == .send(message))
            guard case .reopen = actions.last else { return #expect(Bool(false)) }
        }
        #expect(
            machine.failed(failure)
                == [
                    .send(message),
                    .end(SessionEnding(rest: .dropped, close: WebSocketClose(.internalError, "internal error"))),
                ])
    }

    @Test func finalForgivesFailures() {
        var machine = machine()
        for _ in 0..<5 {
            guard case .reopen = machine.failed(GigaSTTError(.inferenceFailed, "")).last else {
                return #expect(Bool(false))
            }
            _ = machine.receive(final([word], .silence), offset: 0, at: 0)
        }
    }

    @Test(arguments: [
        (GigaSTTError(.overloaded, "", retryAfter: .microseconds(1_500_200)), "timeout", UInt32?(1_501), UInt16(1013)),
        (GigaSTTError(.overloaded, ""), "timeout", 1_000, 1013),
        (GigaSTTError(.timedOut, ""), "inference_timeout", nil, 1011),
        (GigaSTTError(.shuttingDown, ""), "pool_closed", nil, 1001),
        (GigaSTTError(.invalidOption, ""), "invalid_input", nil, 1011),
        (GigaSTTError(.modelDamaged, ""), "internal", nil, 1011),
    ])
    func otherFailuresEndTheSession(error: GigaSTTError, code: String, retry: UInt32?, close: UInt16) {
        var machine = machine()
        let actions = machine.failed(error)
        guard case .send(.error(let sent, _, let sentRetry)) = actions.first, case .end(let ending) = actions.last
        else { return #expect(Bool(false)) }
        #expect(sent == code && sentRetry == retry && ending.close?.code == close && ending.rest == .dropped)
    }

    @Test func failureOfTheLastFinalChangesTheClose() {
        var machine = machine()
        _ = machine.receive(text: #"{"type":"stop"}"#)
        guard case .end(let ending) = machine.failed(GigaSTTError(.inferenceFailed, "")).last else {
            return #expect(Bool(false))
        }
        #expect(ending.close?.code == 1011)
        #expect(machine.failed(CancellationError()) == [])
    }
}

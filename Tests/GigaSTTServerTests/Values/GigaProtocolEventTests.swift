import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct GigaProtocolEventTests {
    private let word = Word(text: "да", start: 0.12, end: 0.44, confidence: 0.97)

    private func machine(usesModel: Bool = false) -> GigaProtocol {
        GigaProtocol(settings: SessionSettings(), model: "m", usesVoiceActivityModel: usesModel)
    }

    private func final(_ words: [Word], _ endpoint: EndpointReason) -> ConversationEvent {
        .final(Segment(words: words, start: 0, end: 1, endpoint: endpoint))
    }

    @Test func partialHasTheBytesOfTheContract() {
        var machine = machine()
        let partial = Partial(words: [word, Word(text: "нет", start: 1, end: 1, confidence: 1)], stableWordCount: 1)
        #expect(
            machine.receive(.partial(partial), at: 1_719_300_000.123).map(\.json.description) == [
                #"{"type":"partial","text":"да нет","words":["#
                    + #"{"word":"да","start":0.12,"end":0.44,"confidence":0.97},"#
                    + #"{"word":"нет","start":1.0,"end":1.0,"confidence":1.0}],"#
                    + #""is_final":false,"timestamp":1719300000.123,"confidence":0.97,"committed":"","tentative":"да нет"}"#
            ])
    }

    @Test func finalHasTheBytesOfTheContract() {
        var machine = machine()
        var spoken = word
        spoken.speaker = 1
        #expect(
            machine.receive(final([spoken], .endOfInput), at: 5).map(\.json.description) == [
                #"{"type":"final","text":"да","words":["#
                    + #"{"word":"да","start":0.12,"end":0.44,"confidence":0.97,"speaker":1}],"#
                    + #""is_final":true,"timestamp":5.0,"speech_final":true,"endpoint_reason":"stop","confidence":0.97,"#
                    + #""committed":"да","tentative":""}"#
            ])
        #expect(
            machine.receive(final([], .endOfInput), at: 7.5).map(\.json.description) == [
                #"{"type":"final","text":"","words":[],"is_final":true,"timestamp":7.5,"#
                    + #""speech_final":true,"endpoint_reason":"stop","committed":"","tentative":""}"#
            ])
    }

    @Test func textIsEscaped() {
        let message = ServerMessage.error(code: "a", message: "\"\\\n\u{1}я", retryAfterMilliseconds: 30_000)
        #expect(
            message.json.description == #"{"type":"error","message":"\"\\\n\u0001я","code":"a","retry_after_ms":30000}"#
        )
    }

    @Test(arguments: [
        (EndpointReason.silence, "blank", "vad"), (.maximumLength, "blank", "blank"), (.blankRun, "blank", "blank"),
        (.flush, "stop", "stop"), (.endOfInput, "stop", "stop"),
    ])
    func reasonsAreThoseOfTheContract(endpoint: EndpointReason, byEnergy: String, byModel: String) {
        for (usesModel, expected) in [(false, byEnergy), (true, byModel)] {
            var machine = machine(usesModel: usesModel)
            guard case .final(_, let ending) = machine.receive(final([word], endpoint), at: 0).first else {
                return #expect(Bool(false))
            }
            #expect(ending.reason == expected)
        }
    }

    @Test func aCutIsNotTheEndOfTheSpeech() {
        var machine = machine()
        for (endpoint, isFinal) in [(EndpointReason.maximumLength, false), (.silence, true)] {
            let messages = machine.receive(final([word], endpoint), at: 0).map(\.json.description)
            #expect(messages.map { $0.contains(#""speech_final":true"#) } == [isFinal])
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

    @Test func speechIsReportedOnlyWhenAskedFor() {
        let events = [ConversationEvent.speechStarted(at: 1), .speechStopped(at: 2.5)]
        var machine = machine()
        for event in events + [.audioTaken, .ending(.stop)] { #expect(machine.receive(event, at: 0) == []) }
        _ = machine.receive(.text(#"{"type":"configure","speech_events":true}"#))
        #expect(
            events.flatMap { machine.receive($0, at: 0) }.map(\.json.description) == [
                #"{"type":"speech_started","time":1.0}"#, #"{"type":"speech_stopped","time":2.5}"#,
            ])
    }

    @Test func markersComeBackWithTheirOwnIdentifiers() {
        var machine = machine()
        #expect(machine.receive(.text(#"{"type":"marker","id":"a\""}"#)) == [.input(.flush(1))])
        #expect(machine.receive(.text(#"{"type":"marker","id":""}"#)) == [.input(.flush(2))])
        #expect(
            machine.receive(.flushed(1), at: 0).map(\.json.description) == [#"{"type":"marker","id":"a\""}"#])
        #expect(machine.receive(.flushed(1), at: 0) == [] && machine.receive(.flushed(3), at: 0) == [])
        #expect(machine.receive(.flushed(2), at: 0) == [.marker("")])
    }

    @Test func markersAreBounded() {
        var machine = machine()
        let marker = LiveMessage.text(#"{"type":"marker","id":"m"}"#)
        for number in 1...GigaProtocol.markerLimit { #expect(machine.receive(marker) == [.input(.flush(number))]) }
        #expect(machine.receive(marker) == [.reply(.tooManyMarkers)])
        _ = machine.receive(.flushed(1), at: 0)
        #expect(machine.receive(marker) == [.input(.flush(GigaProtocol.markerLimit + 1))])
        let long = String(repeating: "я", count: 65)
        #expect(machine.receive(.text(#"{"type":"marker","id":"\#(long)"}"#)) == [.reply(.invalidMarker)])
    }

    /// Committed and tentative text of a preview of two words, of which one is stable.
    @Test(arguments: [
        ("", "", "да нет"), (#","protocol_version":"1.0""#, "", "да нет"),
        (#","protocol_version":"1.2""#, "да", " нет"), (#","commit_policy":"auto""#, "да", " нет"),
        (#","protocol_version":"1.2","commit_policy":"on_finalize""#, "", "да нет"),
        (#","commit_policy":" Stable_Prefix ""#, "да", " нет"), (#","commit_policy":"on_finalize""#, "", "да нет"),
    ])
    func policyDecidesWhatIsCommitted(member: String, committed: String, tentative: String) throws {
        var machine = machine()
        _ = machine.receive(.text(#"{"type":"configure"\#(member)}"#))
        let partial = Partial(words: [word, Word(text: "нет", start: 1, end: 1, confidence: 1)], stableWordCount: 1)
        let json = try #require(machine.receive(.partial(partial), at: 0).first).json.description
        #expect(json.hasSuffix(#""committed":"\#(committed)","tentative":"\#(tentative)"}"#))
    }

    /// Only the last final of a session that the server ended.
    @Test(arguments: [
        (EndReason.shutdown, true), (.sessionLength, true), (.stop, false), (.idle, false), (.pingTimeout, false),
    ])
    func finalsThatTheServerCutSaySo(reason: EndReason, expected: Bool) throws {
        var machine = machine()
        _ = machine.receive(.ending(reason), at: 0)
        for endpoint in [EndpointReason.silence, .endOfInput] {
            let json = try #require(machine.receive(final([word], endpoint), at: 0).first).json.description
            #expect(json.hasSuffix(#","truncated":true}"#) == (expected && endpoint == .endOfInput))
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

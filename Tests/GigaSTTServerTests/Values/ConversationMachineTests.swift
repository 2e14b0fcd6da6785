import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct ConversationMachineTests {
    private typealias Action = ConversationMachine.Action

    private static let word = Word(text: "да", start: 0.12, end: 0.44, confidence: 0.97)
    private static let failure = WireFailure(GigaSTTError(.inferenceFailed, "secret"))
    private static let timeout = WireFailure(GigaSTTError(.timedOut, "secret"))
    private static let rule = WebSocketClose(.protocolError, "x")

    private static func names(_ actions: [Action]) -> [String] {
        actions.map { action in
            switch action {
            case .emit(.final(let segment)): "final '\(segment.text)' \(segment.endpoint)"
            case .emit(.failed(let failure)): failure.code
            case .emit(.ending(let reason)): "ending: \(reason)"
            case .emit(.flushed(let number)): "flushed \(number)"
            case .emit: "event"
            case .flush(let number): "flush \(number)"
            case .finish: "finish"
            case .cancel: "cancel"
            case .stopReading: "stop reading"
            case .endEvents: "over"
            }
        }
    }

    /// A conversation with an open stream.
    private static func streaming() -> ConversationMachine {
        var machine = ConversationMachine()
        machine.begin(RecognitionRequest())
        _ = machine.opened()
        return machine
    }

    private static func final(_ words: [Word], _ endpoint: EndpointReason) -> LiveEvent {
        .final(Segment(words: words, start: 0, end: 1, endpoint: endpoint))
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        let reason: EndReason
        /// What follows from the reason and the end of the input, without audio and with audio.
        let fresh: [String]
        let streaming: [String]
        var testDescription: String { "\(reason)" }
    }

    static let endings: [Ending] = [
        Ending(
            reason: .stop, fresh: ["ending: stop", "stop reading", "final '' endOfInput", "over"],
            streaming: ["ending: stop", "stop reading", "finish"]),
        Ending(
            reason: .shutdown, fresh: ["ending: server shutdown", "stop reading", "final '' endOfInput", "over"],
            streaming: ["ending: server shutdown", "stop reading", "finish"]),
        Ending(
            reason: .sessionLength,
            fresh: ["ending: max session duration", "stop reading", "final '' endOfInput", "over"],
            streaming: ["ending: max session duration", "stop reading", "finish"]),
        Ending(
            reason: .idle, fresh: ["ending: idle timeout", "stop reading", "over"],
            streaming: ["ending: idle timeout", "stop reading", "finish"]),
        Ending(
            reason: .pingTimeout, fresh: ["ending: ping timeout", "stop reading", "over"],
            streaming: ["ending: ping timeout", "stop reading", "finish"]),
        Ending(
            reason: .violation(MessageAssembler.tooBig),
            fresh: ["ending: message too big", "stop reading", "over"],
            streaming: ["ending: message too big", "stop reading", "finish"]),
        Ending(
            reason: .violation(rule), fresh: ["ending: x", "cancel", "stop reading", "over"],
            streaming: ["ending: x", "cancel", "stop reading", "over"]),
        Ending(
            reason: .clientClosed(code: 4_000), fresh: ["ending: client closed", "cancel", "stop reading", "over"],
            streaming: ["ending: client closed", "cancel", "stop reading", "over"]),
        Ending(
            reason: .disconnected, fresh: ["cancel", "stop reading", "over"],
            streaming: ["cancel", "stop reading", "over"]),
    ]

    @Test(arguments: endings) func endingsKeepWhatWasHeardAndHappenOnce(_ ending: Ending) {
        var fresh = ConversationMachine()
        #expect(Self.names(fresh.end(ending.reason) + fresh.inputEnded()) == ending.fresh)
        var streaming = Self.streaming()
        #expect(Self.names(streaming.end(ending.reason) + streaming.inputEnded()) == ending.streaming)
        for other in Self.endings where other.reason != .disconnected {
            #expect(streaming.end(other.reason) == [] && streaming.inputEnded() == [])
        }
        #expect(streaming.end == ending.reason)
    }

    /// Audio that arrived before the server's end is taken after it, also the first.
    @Test func audioBehindAnEndIsDecoded() {
        var machine = ConversationMachine()
        _ = machine.end(.shutdown)
        machine.begin(RecognitionRequest())
        #expect(machine.streamRequest == RecognitionRequest() && machine.opened())
        #expect(Self.names(machine.inputEnded()) == ["finish"])
    }

    @Test func lostConnectionEndsEverything() {
        var machine = Self.streaming()
        _ = machine.end(.stop)
        #expect(Self.names(machine.end(.disconnected)) == ["cancel", "stop reading", "over"])
        #expect(machine.streamEnded() == [] && machine.receive(Self.final([], .endOfInput), offset: 0) == nil)
    }

    @Test func inputThatEndsWithoutAnEndIsALostConnection() {
        var machine = Self.streaming()
        #expect(Self.names(machine.inputEnded()) == ["cancel", "stop reading", "over"])
        #expect(machine.end == .disconnected)
    }

    @Test func lastFinalComesOnce() {
        var machine = Self.streaming()
        _ = machine.end(.stop)
        _ = machine.inputEnded()
        #expect(machine.receive(Self.final([Self.word], .endOfInput), offset: 0) != nil)
        #expect(Self.names(machine.streamEnded()) == ["over"])
        #expect(machine.failed(Self.failure) == [])
    }

    @Test func streamThatEndsWithoutALastFinalStillOwesIt() {
        var machine = Self.streaming()
        _ = machine.end(.stop)
        _ = machine.inputEnded()
        #expect(Self.names(machine.streamEnded()) == ["final '' endOfInput", "over"])
    }

    /// With what is settled, and only once: an error first, then the final.
    @Test(arguments: [EndReason.stop, .shutdown, .sessionLength, .idle])
    func failureOfTheLastDecodeGivesWhatIsCertain(reason: EndReason) {
        for (failure, isSettled) in [(Self.timeout, true), (Self.failure, true), (Self.timeout, false)] {
            var machine = Self.streaming()
            let words = [Self.word, Word(text: "нет", start: 1, end: 1.2, confidence: 1)]
            _ = machine.receive(.partial(Partial(words: words, stableWordCount: isSettled ? 1 : 0)), offset: 0)
            _ = machine.end(reason)
            _ = machine.inputEnded()
            #expect(
                Self.names(machine.failed(failure)) == [
                    failure.code, "stop reading", "final '\(isSettled ? "да" : "")' endOfInput", "over",
                ])
            #expect(machine.end == .failed(failure))
        }
    }

    /// The audio that still waits goes to another stream.
    @Test func failureBehindAnEndIsForgivenWhileAudioWaits() {
        var machine = Self.streaming()
        _ = machine.end(.shutdown)
        #expect(Self.names(machine.failed(Self.failure)) == ["inference_error"])
        #expect(machine.streamRequest != nil)
        #expect(Self.names(machine.inputEnded()) == ["final '' endOfInput", "over"])
    }

    @Test func failedStreamIsReplacedButNotForEver() {
        var machine = Self.streaming()
        for _ in 0..<2 {
            #expect(Self.names(machine.failed(Self.failure)) == ["inference_error"])
            #expect(machine.streamRequest != nil && machine.opened())
        }
        #expect(Self.names(machine.failed(Self.failure)) == ["inference_error", "stop reading", "over"])
        #expect(machine.end == .failed(Self.failure) && machine.streamRequest == nil)
    }

    @Test func finalForgivesFailures() {
        var machine = Self.streaming()
        for _ in 0..<5 {
            #expect(Self.names(machine.failed(Self.failure)) == ["inference_error"])
            _ = machine.opened()
            _ = machine.receive(Self.final([Self.word], .silence), offset: 0)
        }
    }

    /// What the client has been shown as certain does not vanish.
    @Test func failureInTheMiddleKeepsWhatIsCertain() {
        var machine = Self.streaming()
        _ = machine.receive(.partial(Partial(words: [Self.word], stableWordCount: 1)), offset: 0)
        #expect(Self.names(machine.failed(Self.failure)) == ["inference_error", "final 'да' flush"])
        _ = machine.opened()
        _ = machine.receive(.partial(Partial(words: [Self.word], stableWordCount: 1)), offset: 0)
        #expect(
            Self.names(machine.failed(Self.timeout)) == [
                "inference_timeout", "final 'да' flush", "stop reading", "over",
            ])
    }

    @Test func flushesAreEchoed() {
        var machine = ConversationMachine()
        #expect(Self.names(machine.flush(1)) == ["flushed 1"])
        machine.begin(RecognitionRequest())
        #expect(Self.names(machine.flush(2)) == ["flushed 2"])
        _ = machine.opened()
        #expect(Self.names(machine.flush(3)) == ["flush 3"])
        #expect(machine.receive(.flushed(3), offset: 5) == .flushed(3))
        _ = machine.end(.disconnected)
        #expect(machine.flush(4) == [])
    }

    /// A stream that fails echoes nothing: what came before the flush is decided by its failure.
    @Test func flushesOfAFailedStreamAreEchoedBehindWhatIsCertain() {
        var machine = Self.streaming()
        _ = machine.receive(.partial(Partial(words: [Self.word], stableWordCount: 1)), offset: 0)
        _ = (machine.flush(1), machine.flush(2))
        #expect(machine.receive(.flushed(1), offset: 0) == .flushed(1))
        #expect(Self.names(machine.failed(Self.failure)) == ["inference_error", "final 'да' flush", "flushed 2"])
        _ = machine.opened()
        _ = machine.flush(3)
        #expect(
            Self.names(machine.failed(Self.timeout)) == ["inference_timeout", "flushed 3", "stop reading", "over"])
    }

    @Test func timesGoOnAfterAStreamWasReplaced() {
        var machine = Self.streaming()
        guard case .final(let segment)? = machine.receive(Self.final([Self.word], .silence), offset: 10.2) else {
            return #expect(Bool(false))
        }
        #expect(segment.words.map(\.start) == [10.32] && segment.words.map(\.end) == [10.64])
        #expect(segment.start == 10.2 && segment.end == 11.2)
        #expect(machine.receive(.speechStarted(at: 1), offset: 10) == .speechStarted(at: 11))
        #expect(machine.receive(.speechStopped(at: 2), offset: 10) == .speechStopped(at: 12))
    }
}

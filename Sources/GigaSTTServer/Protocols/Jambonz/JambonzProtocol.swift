import GigaSTT
import NIOCore
import STTValues

/// The speech recognition API of jambonz as a machine: `start`, PCM16 in binary messages, `stop`; transcriptions out.
struct JambonzProtocol: LiveProtocol {
    typealias Step = LiveStep<JSONReply>

    static let name = "jambonz"

    private enum Phase { case waiting, streaming, stopped }

    /// Whether what follows belongs to the call that `start` names.
    private let carriesCalls: Bool
    /// The format of audio without a `start`: `mod_jambonz_transcribe` sends none if the connection opens before the module
    /// has noted its recognition. `nil`: such audio is refused.
    private let formatWithoutStart: PCMFormat?
    private var phase = Phase.waiting
    private var language: String?
    private var interimResults = false
    private var isPartialShown = false

    init(carriesCalls: Bool = false, formatWithoutStart: PCMFormat? = nil) {
        (self.carriesCalls, self.formatWithoutStart) = (carriesCalls, formatWithoutStart)
    }

    /// `calls` and `sample_rate` of the address. Throws `invalid_query` and `invalid_sample_rate`.
    init(_ query: QueryFields) throws(HTTPFailure) {
        self.init(
            carriesCalls: try query.boolean("calls") ?? false, formatWithoutStart: try query.linearFormat())
    }

    func open() -> [JSONReply] { [] }
}

// MARK: - From the client

extension JambonzProtocol {
    mutating func receive(_ message: LiveMessage) -> [Step] {
        if phase == .stopped { return [] }
        switch message {
        case .text(let text):
            switch JambonzMessage(text) {
            case .start(let start): return begin(start)
            case .invalidStart(let reason): return phase == .waiting ? refuse(reason) : []
            case .stop: return stop(.stop)
            case .unknown: return []
            }
        case .binary(let samples):
            if samples.readableBytes == 0 { return [] }
            if phase == .streaming { return [.input(.audio(samples))] }
            guard let formatWithoutStart else { return refuse("audio before start") }
            phase = .streaming
            return [.input(.begin(formatWithoutStart, RecognitionRequest())), .input(.audio(samples))]
        }
    }

    private mutating func begin(_ start: JambonzStart) -> [Step] {
        // The format of audio that flows cannot change.
        guard phase == .waiting else { return [] }
        guard let format = start.format else {
            return refuse("start must have the encoding LINEAR16 and a sampleRateHz of 8000 to 192000")
        }
        let name = carriesCalls ? start.callSid : nil
        let call = name.flatMap { CallID($0) }
        if name != nil, call == nil { return refuse("options.callSid is not usable") }
        phase = .streaming
        (language, interimResults) = (start.language, start.interimResults)
        var request = RecognitionRequest()
        request.hotwords = start.hints.map(RecognitionRequest.preferable).flatMap { $0.isEmpty ? nil : $0 }
        return (call.map { [.call($0)] } ?? []) + [.input(.begin(format, request))]
    }

    private mutating func refuse(_ reason: String) -> [Step] {
        [.reply(Self.error("invalid_message", reason))]
            + stop(.violation(WebSocketClose(.policyViolation, reason)))
    }

    private mutating func stop(_ reason: EndReason) -> [Step] {
        phase = .stopped
        return [.input(.end(reason))]
    }
}

// MARK: - From the conversation

extension JambonzProtocol {
    mutating func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [JSONReply] {
        switch event {
        case .partial(let partial):
            guard interimResults, isPartialShown || !partial.words.isEmpty else { return [] }
            isPartialShown = !partial.words.isEmpty
            return [transcription(CallTranscription(partial))]
        case .final(let segment):
            // A blank final takes back what is shown.
            let isWanted = isPartialShown || !segment.words.isEmpty
            isPartialShown = false
            return isWanted ? [transcription(CallTranscription(segment))] : []
        // jambonz gives up its recogniser at an error.
        case .failed(let failure): return failure.close == nil ? [] : [Self.error(failure.code, failure.message)]
        case .ending(.violation(.callInUse)): return [Self.error("call_in_use", "Another connection carries the call")]
        case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable, .audioTaken, .ending, .ended:
            return []
        }
    }

    private func transcription(_ text: CallTranscription) -> JSONReply {
        let head: [(String, JSONValue?)] = [("type", "transcription")]
        let tail: [(String, JSONValue?)] = [("channel", 1), ("language", .string(language ?? "ru-RU"))]
        return JSONReply(.object(head + text.members + tail))
    }

    private static func error(_ code: String, _ message: String) -> JSONReply {
        JSONReply(["type": "error", "error": .string(message)], failureCode: code)
    }
}

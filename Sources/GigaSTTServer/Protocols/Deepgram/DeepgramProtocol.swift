import Crypto
import GigaSTT
import NIOCore
import STTValues

/// Deepgram's live transcription (`/v1/listen`) as a machine: raw audio and control messages in, `Results` out.
///
/// States: fresh → streaming (has received audio); stopped after `CloseStream`.
struct DeepgramProtocol: LiveProtocol {
    typealias Step = LiveStep<JSONReply>

    static let name = "deepgram"

    private enum Phase { case fresh, streaming, stopped }

    private let query: DeepgramQuery
    private let format: PCMFormat
    private let requestID: String
    private let model: DeepgramModel
    private let hotwords: HotwordNote?
    private var phase = Phase.fresh
    private var byteCount = 0
    private var digest = SHA256()
    private var flushCount = 0
    /// Whether the utterance that a `Finalize` ended has been reported.
    private var hasFlushedResult = false
    private var isPartialShown = false
    private var isSpeaking = false
    /// Where the last final result ends.
    private var resultEnd = 0.0
    /// The end of the last word, until the end of its utterance is reported.
    private var lastWordEnd: Double?

    /// - Parameter hotwords: Which phrases of the query the model cannot write.
    ///
    /// Throws the answer for a query that does not describe live audio.
    init(
        _ query: DeepgramQuery, requestID: String, model: DeepgramModel, hotwords: HotwordNote? = nil
    ) throws(HTTPFailure) {
        format = try query.liveFormat()
        self.hotwords = hotwords
        self.query = query
        self.requestID = requestID
        self.model = model
    }

    func open() -> [JSONReply] { [] }

    func close(for reason: EndReason) -> WebSocketClose? {
        // The reason that Deepgram's clients know for a silent client.
        reason == .idle ? WebSocketClose(.internalError, "NET-0001") : standardClose(for: reason)
    }
}

// MARK: - From the client

extension DeepgramProtocol {
    mutating func receive(_ message: LiveMessage) -> [Step] {
        if phase == .stopped { return [] }
        switch message {
        // Clients of earlier versions end a stream so.
        case .binary(let content) where content.readableBytes == 0: return stop()
        case .binary(let content):
            defer { phase = .streaming }
            byteCount += content.readableBytes
            digest.update(data: content.readableBytesView)
            var request = query.recognition
            // Results have the speakers of their words or none: there is no event that adds them later.
            request.speakers = nil
            return (phase == .fresh ? [.input(.begin(format, request))] : []) + [.input(.audio(content))]
        case .text(let text): return receive(text)
        }
    }

    private mutating func receive(_ text: String) -> [Step] {
        guard case .string(let type)? = JSONMembers(text)?.single("type") else { return [] }
        switch type {
        case "CloseStream": return stop()
        case "Finalize":
            flushCount += 1
            return [.input(.flush(flushCount))]
        // KeepAlive did its work by arriving.
        default: return []
        }
    }

    private mutating func stop() -> [Step] {
        phase = .stopped
        return [.input(.end(.stop))]
    }
}

// MARK: - From the conversation

extension DeepgramProtocol {
    mutating func receive(_ event: ConversationEvent, at timestamp: Double) -> [JSONReply] {
        switch event {
        case .speechStarted(let time):
            isSpeaking = true
            guard query.reportsSpeech else { return [] }
            return [
                JSONReply(["type": "SpeechStarted", "channel": [0], "timestamp": .number(time.wholeMilliseconds)])
            ]
        case .speechStopped:
            isSpeaking = false
            return []
        case .partial(let partial): return receive(partial)
        case .final(let segment): return receive(segment, at: timestamp)
        case .flushed:
            defer { hasFlushedResult = false }
            return hasFlushedResult ? [] : [result(.init(start: resultEnd, end: resultEnd, isFromFinalize: true))]
        case .audioTaken: return utteranceEnd()
        case .failed(let failure): return [Self.error(failure)]
        case .ending, .speakers, .speakersUnavailable: return []
        }
    }

    private mutating func receive(_ partial: Partial) -> [JSONReply] {
        guard query.interimResults, isPartialShown || !partial.words.isEmpty else { return [] }
        isPartialShown = !partial.words.isEmpty
        let text = partial.words.map(\.text).joined(separator: " ")
        return [
            result(
                .init(
                    readings: [Alternative(text: text, words: partial.words, score: 0)], start: resultEnd,
                    end: max(resultEnd, audioSeconds), isFinal: false))
        ]
    }

    private mutating func receive(_ segment: Segment, at timestamp: Double) -> [JSONReply] {
        let hasEnded = segment.endpoint == .endOfInput
        // A blank final takes back what is shown.
        let isWanted = !segment.words.isEmpty || segment.endpoint == .flush || isPartialShown
        (isPartialShown, resultEnd) = (false, segment.end)
        if segment.endpoint == .flush { hasFlushedResult = true }
        if let end = segment.words.last?.end { lastWordEnd = end }
        let made = Result(
            readings: segment.readings, start: segment.start, end: segment.end, isFinal: true,
            isSpeechFinal: segment.endpoint == .silence || segment.endpoint == .blankRun || hasEnded,
            isFromFinalize: segment.endpoint == .flush)
        return (isWanted ? [result(made)] : []) + (hasEnded ? [metadata(at: timestamp)] : [])
    }

    /// Reports an utterance as over when it is followed by enough audio without a word.
    private mutating func utteranceEnd() -> [JSONReply] {
        guard let milliseconds = query.utteranceEnd, let end = lastWordEnd, !isSpeaking, !isPartialShown,
            audioSeconds - end >= Double(milliseconds) / 1_000
        else { return [] }
        lastWordEnd = nil
        return [
            JSONReply(["type": "UtteranceEnd", "channel": [0, 1], "last_word_end": .number(end.wholeMilliseconds)])
        ]
    }

    private var audioSeconds: Double { Double(byteCount / format.byteCount) / Double(format.sampleRate) }

    private struct Result {
        var readings = [Alternative(text: "", words: [], score: 0)]
        let start: Double
        let end: Double
        var isFinal = true
        var isSpeechFinal = false
        var isFromFinalize = false
    }

    private func result(_ result: Result) -> JSONReply {
        JSONReply([
            "type": "Results", "channel_index": [0, 1],
            "duration": .number((result.end - result.start).wholeMilliseconds),
            "start": .number(result.start.wholeMilliseconds), "is_final": .boolean(result.isFinal),
            "speech_final": .boolean(result.isSpeechFinal), "from_finalize": .boolean(result.isFromFinalize),
            "channel": [
                "alternatives": DeepgramJSON.alternatives(result.readings, isFormatted: query.isFormatted)
            ],
            "metadata": [
                "request_id": .string(requestID), "model_info": model.json, "model_uuid": .string(model.identifier),
            ],
        ])
    }

    private func metadata(at timestamp: Double) -> JSONReply {
        JSONReply([
            "type": "Metadata", "transaction_key": "deprecated", "request_id": .string(requestID),
            "sha256": .string(digest.finalize().hexadecimal), "created": DeepgramJSON.moment(timestamp),
            "duration": .number(audioSeconds.wholeMilliseconds), "channels": 1,
            "models": [.string(model.identifier)],
            "model_info": .object([(model.identifier, model.json)]), "warnings": DeepgramJSON.warnings(hotwords),
        ])
    }

    private static func error(_ failure: WireFailure) -> JSONReply {
        JSONReply(
            [
                "type": "Error", "variant": .string(failure.code), "description": .string(failure.message),
                "message": .string(failure.message), "code": .string(failure.code),
            ], failureCode: failure.code)
    }
}

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
    /// Results that wait for their speakers do not wait longer while no audio comes.
    static let keepAliveInterval: Duration? = .seconds(HeldResults.waitLimit)

    private enum Phase { case fresh, streaming, stopped }

    /// What is known of one channel.
    private struct ChannelState {
        /// Whether the utterance that a `Finalize` ended has been reported.
        var hasFlushedResult = false
        var isPartialShown = false
        var isSpeaking = false
        /// Where the last final result ends.
        var resultEnd = 0.0
        /// The end of the last word, until the end of its utterance is reported.
        var lastWordEnd: Double?
        /// The end of the last word whose utterance was reported to have ended.
        var reportedEnd = 0.0
        /// Seconds of audio at the last beginning of speech or preview with words.
        var lastSign = 0.0
        /// Whether its last final has come.
        var hasEnded = false
        /// Whether its last event has come.
        var isOver = false
        var held = HeldResults()

        /// Takes the words of the open utterance. A word that a report has counted may come again with other times.
        mutating func note(_ words: [Word]) {
            if let last = words.last {
                if last.start >= reportedEnd { lastWordEnd = last.end }
            } else if let end = lastWordEnd, end > resultEnd {
                // They were a preview only.
                lastWordEnd = nil
            }
        }
    }

    private let query: DeepgramQuery
    private let format: PCMFormat
    private let requestID: String
    private let model: DeepgramModel
    private let hotwords: HotwordNote?
    /// Whether results wait for the speakers of their words.
    private let awaitsSpeakers: Bool
    private var phase = Phase.fresh
    private var byteCount = 0
    private var digest = SHA256()
    private var flushCount = 0
    private var channels: [ChannelState]

    /// - Parameters:
    ///   - hotwords: Which phrases of the query the model cannot write.
    ///   - hasSpeakers: Whether speakers can be told apart.
    ///
    /// Throws the answer for a query that does not describe live audio.
    init(
        _ query: DeepgramQuery, requestID: String, model: DeepgramModel, hotwords: HotwordNote? = nil,
        hasSpeakers: Bool = false
    ) throws(HTTPFailure) {
        format = try query.liveFormat()
        channels = Array(repeating: ChannelState(), count: query.channelCount)
        self.hotwords = hotwords
        awaitsSpeakers = hasSpeakers && query.recognition.speakers == true
        self.query = query
        self.requestID = requestID
        self.model = model
    }

    func open() -> [JSONReply] { [] }

    mutating func keepAlive() -> [JSONReply] { channels.indices.flatMap { releaseAll(on: $0) + utteranceEnd(on: $0) } }

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
            (request.speakers, request.names) = (awaitsSpeakers ? true : nil, .none)
            return (phase == .fresh ? [.input(.begin(format, request, channels: channels.count))] : [])
                + [.input(.audio(content))]
        case .text(let text): return receive(text)
        }
    }

    private mutating func receive(_ text: String) -> [Step] {
        guard let fields = JSONMembers(text), case .string(let type)? = fields.single("type") else { return [] }
        switch type {
        case "CloseStream": return stop()
        case "Finalize":
            var channel: Int?
            if case .integer(let number)? = fields.single("channel"), channels.count > 1 {
                guard channels.indices.contains(Int(number)) else { return [] }
                channel = Int(number)
            }
            flushCount += 1
            return [.input(.flush(flushCount, channel: channel))]
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
    mutating func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [JSONReply] {
        switch event {
        case .speechStarted(let time):
            (channels[channel].isSpeaking, channels[channel].lastSign) = (true, audioSeconds)
            guard query.reportsSpeech else { return [] }
            return [
                JSONReply([
                    "type": "SpeechStarted", "channel": index(channel), "timestamp": .number(time.wholeMilliseconds),
                ])
            ]
        case .speechStopped:
            channels[channel].isSpeaking = false
            return []
        case .partial(let partial): return receive(partial, on: channel)
        case .final(let segment): return receive(segment, on: channel, at: timestamp)
        case .flushed:
            defer { channels[channel].hasFlushedResult = false }
            let end = channels[channel].resultEnd
            return channels[channel].hasFlushedResult
                ? [] : deliver(.init(start: end, end: end, isFromFinalize: true), on: channel, at: timestamp)
        case .audioTaken: return channels.indices.flatMap { release(on: $0, at: timestamp) + utteranceEnd(on: $0) }
        case .failed(let failure): return [Self.error(failure)]
        case .speakers(let spans, _):
            channels[channel].held.label(spans)
            return release(on: channel, at: timestamp)
        case .speakersUnavailable: return releaseAll(on: channel)
        case .ending: return []
        case .ended:
            channels[channel].isOver = true
            let isLast = awaitsSpeakers && begunChannels.allSatisfy { $0.isOver && $0.hasEnded }
            return releaseAll(on: channel) + (isLast ? [metadata(at: timestamp)] : [])
        }
    }

    private mutating func receive(_ partial: Partial, on channel: Int) -> [JSONReply] {
        guard query.interimResults, channels[channel].isPartialShown || !partial.words.isEmpty,
            // They would come before the result in front of them.
            channels[channel].held.isEmpty
        else { return [] }
        channels[channel].isPartialShown = !partial.words.isEmpty
        if !partial.words.isEmpty {
            channels[channel].lastSign = audioSeconds
            channels[channel].note(partial.words)
        }
        let start = channels[channel].resultEnd
        return [
            result(
                .init(
                    readings: [DeepgramReading(partial.text, partial.words)], start: start,
                    end: max(start, audioSeconds), isFinal: false), on: channel)
        ]
    }

    private mutating func receive(_ segment: Segment, on channel: Int, at timestamp: Double) -> [JSONReply] {
        let hasEnded = segment.endpoint == .endOfInput
        // A blank final takes back what is shown.
        let isWanted = !segment.words.isEmpty || segment.endpoint == .flush || channels[channel].isPartialShown
        channels[channel].note(segment.words)
        (channels[channel].isPartialShown, channels[channel].resultEnd) = (false, segment.end)
        if segment.endpoint == .flush { channels[channel].hasFlushedResult = true }
        if hasEnded { channels[channel].hasEnded = true }
        let isLast = hasEnded && !awaitsSpeakers && begunChannels.allSatisfy(\.hasEnded)
        let made = DeepgramResult(
            readings: DeepgramReading.readings([segment], segment.alternatives), start: segment.start,
            end: segment.end, isFinal: true,
            isSpeechFinal: segment.endpoint == .silence || segment.endpoint == .blankRun || hasEnded,
            isFromFinalize: segment.endpoint == .flush)
        return (isWanted ? deliver(made, on: channel, at: timestamp) : []) + (isLast ? [metadata(at: timestamp)] : [])
    }

    /// A final result, or those before it; the client of `Finalize` waits for its result, so this one does not wait.
    private mutating func deliver(_ made: DeepgramResult, on channel: Int, at timestamp: Double) -> [JSONReply] {
        guard awaitsSpeakers else { return [result(made, on: channel)] }
        channels[channel].held.append(made, at: .init(audio: audioSeconds, clock: timestamp))
        return made.isFromFinalize ? releaseAll(on: channel) : release(on: channel, at: timestamp)
    }

    private mutating func release(on channel: Int, at timestamp: Double) -> [JSONReply] {
        channels[channel].held.release(at: .init(audio: audioSeconds, clock: timestamp)).map { result($0, on: channel) }
    }

    private mutating func releaseAll(on channel: Int) -> [JSONReply] {
        channels[channel].held.releaseAll().map { result($0, on: channel) }
    }

    /// Reports an utterance as over when it is followed by enough audio without a word.
    private mutating func utteranceEnd(on channel: Int) -> [JSONReply] {
        let state = channels[channel]
        guard let milliseconds = query.utteranceEnd, let end = state.lastWordEnd, state.held.isEmpty,
            // Behind the end of speech the final follows, and may have other words.
            state.isSpeaking || !state.isPartialShown
        else { return [] }
        // Within an utterance the words of the last audio may not have come: count from the last sign of speech.
        let quietStart = state.isSpeaking ? max(end, state.lastSign) : end
        guard audioSeconds - quietStart >= Double(milliseconds) / 1_000 else { return [] }
        (channels[channel].lastWordEnd, channels[channel].reportedEnd) = (nil, end)
        return [
            JSONReply([
                "type": "UtteranceEnd", "channel": index(channel), "last_word_end": .number(end.wholeMilliseconds),
            ])
        ]
    }

    /// Those that have events: before the audio there is only the first.
    private var begunChannels: ArraySlice<ChannelState> { byteCount > 0 ? channels[...] : channels.prefix(1) }

    private var audioSeconds: Double {
        Double(byteCount / (format.byteCount * channels.count)) / Double(format.sampleRate)
    }

    /// A channel, and how many there are.
    private func index(_ channel: Int) -> JSONValue { [.integer(channel), .integer(channels.count)] }

    private func result(_ result: DeepgramResult, on channel: Int) -> JSONReply {
        JSONReply([
            "type": "Results", "channel_index": index(channel),
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
            "duration": .number(audioSeconds.wholeMilliseconds), "channels": .integer(channels.count),
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

import GigaSTT
import NIOCore
import STTValues

/// The protocol of Wyoming's speech-to-text services as a machine: one recording on a connection, as
/// wyoming-faster-whisper serves it. The audio is recognised while it arrives; the transcript follows `audio-stop`.
struct WyomingProtocol: LiveProtocol {
    typealias Step = LiveStep<WyomingReply>

    static let name = "wyoming"
    /// Home Assistant sends `describe` on connections of their own.
    static let takesPlaceWithAudio = true

    private enum Phase { case waiting, streaming, stopped }

    private let program: WyomingProgram
    private var phase = Phase.waiting
    private var reader = WyomingReader()
    private var request = RecognitionRequest()
    private var audio: InterleavedAudio?
    /// Whether the payload that arrives is audio.
    private var takesPayload = false
    private var text = ""
    private var hasTranscriptStarted = false

    init(_ program: WyomingProgram) { self.program = program }

    func open() -> [WyomingReply] { [] }
}

// MARK: - From the client

extension WyomingProtocol {
    mutating func receive(_ message: LiveMessage) -> [Step] {
        guard phase != .stopped, case .binary(let bytes) = message else { return [] }
        var steps: [Step] = []
        do {
            reader.append(bytes)
            while phase != .stopped, let part = try reader.next() {
                switch part {
                case .event(let event): steps += try receive(event)
                case .payload(let bytes): steps += take(bytes)
                }
            }
        } catch {
            phase = .stopped
            steps.append(.reply(.error(error.reason, code: "invalid_event")))
            steps.append(.input(.end(.violation(WebSocketClose(.policyViolation, error.reason)))))
        }
        return steps
    }

    /// Events of other services, and those of a later version, are passed over.
    private mutating func receive(_ event: WyomingEvent) throws(WyomingViolation) -> [Step] {
        takesPayload = event.type == "audio-chunk"
        switch event.type {
        case "describe": return [.reply(program.info)]
        case "ping": return [.reply(WyomingReply("pong", ["text": event.data.text.map { .string($0) } ?? .null]))]
        case "transcribe":
            let phrases = (event.data.names ?? []) + (event.data.terms ?? [])
            request.hotwords = phrases.isEmpty ? nil : RecognitionRequest.preferable(phrases)
            return []
        case "audio-start", "audio-chunk": return try begin(event.data)
        case "audio-stop":
            phase = .stopped
            return [.input(.end(.stop))]
        default: return []
        }
    }

    /// Every event of audio says what it is, and the last word counts, as for Wyoming's own services.
    private mutating func begin(_ data: WyomingData) throws(WyomingViolation) -> [Step] {
        if let audio, audio.matches(data) { return [] }
        let audio = try InterleavedAudio(data)
        self.audio = audio
        phase = .streaming
        return [.input(.begin(audio.format, request))]
    }

    private mutating func take(_ bytes: ByteBuffer) -> [Step] {
        guard takesPayload, let samples = audio?.convert(bytes), samples.readableBytes > 0 else { return [] }
        return [.input(.audio(samples))]
    }
}

// MARK: - From the conversation

extension WyomingProtocol {
    mutating func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [WyomingReply] {
        switch event {
        case .speechStarted, .speechStopped, .partial, .audioTaken, .flushed, .ending, .ended, .speakers,
            .speakersUnavailable:
            return []
        case .failed(let failure): return [.error(failure.message, code: failure.code)]
        case .final(let segment):
            // A connection without audio is owed nothing, unless its client has asked for the text.
            if phase == .waiting { return [] }
            let replies = chunk(segment.text)
            return segment.endpoint == .endOfInput ? replies + transcript() : replies
        }
    }

    /// The chunks together are the transcript.
    private mutating func chunk(_ addition: String) -> [WyomingReply] {
        if addition.isEmpty { return [] }
        let chunk = text.isEmpty ? addition : " " + addition
        text += chunk
        return start() + [WyomingReply("transcript-chunk", ["text": .string(chunk)])]
    }

    private mutating func start() -> [WyomingReply] {
        if hasTranscriptStarted { return [] }
        hasTranscriptStarted = true
        return [WyomingReply("transcript-start", ["language": language])]
    }

    private mutating func transcript() -> [WyomingReply] {
        start() + [
            WyomingReply("transcript", ["text": .string(text), "language": language]), WyomingReply("transcript-stop"),
        ]
    }

    /// The language of the text, where the model writes only one.
    private var language: JSONValue? {
        program.languages.count == 1 ? program.languages.first.map { .string($0) } : nil
    }
}

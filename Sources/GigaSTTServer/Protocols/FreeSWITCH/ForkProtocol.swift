import GigaSTT
import NIOCore
import STTValues

/// FreeSWITCH's modules `mod_audio_fork` and `mod_audio_stream`, and the verb `listen` of jambonz, as a machine: a text
/// message of metadata, then PCM16 in binary messages; transcriptions out, which the modules turn into events.
struct ForkProtocol: LiveProtocol {
    typealias Step = LiveStep<JSONReply>

    static let name = "freeswitch"

    private enum Phase { case waiting, streaming, stopped }

    private var settings: ForkSettings
    private var phase = Phase.waiting
    private var audio: InterleavedAudio?
    private var isPartialShown = false

    init(_ settings: ForkSettings) { self.settings = settings }

    func open() -> [JSONReply] { [] }
}

// MARK: - From the client

extension ForkProtocol {
    mutating func receive(_ message: LiveMessage) -> [Step] {
        switch (phase, message) {
        case (.waiting, .text(let metadata)): settings.read(metadata).map { refuse($0) } ?? []
        case (.waiting, .binary(let samples)): begin() + take(samples)
        case (.streaming, .binary(let samples)): take(samples)
        // What an application sends to servers of its own.
        case (.streaming, .text), (.stopped, _): []
        }
    }

    private mutating func begin() -> [Step] {
        guard let audio = settings.audio else { return [] }
        self.audio = audio
        phase = .streaming
        let call = settings.call.map { [Step.call($0)] } ?? []
        return call + [.input(.begin(audio.format, RecognitionRequest()))]
    }

    /// `mod_audio_fork` asks for the last transcriptions with an empty message.
    private mutating func take(_ samples: ByteBuffer) -> [Step] {
        guard samples.readableBytes > 0 else {
            phase = .stopped
            return [.input(.end(.stop))]
        }
        guard let mixed = audio?.convert(samples), mixed.readableBytes > 0 else { return [] }
        return [.input(.audio(mixed))]
    }

    private mutating func refuse(_ reason: String) -> [Step] {
        phase = .stopped
        return [
            .reply(Self.error("invalid_message", reason)),
            .input(.end(.violation(WebSocketClose(.policyViolation, reason)))),
        ]
    }
}

// MARK: - From the conversation

extension ForkProtocol {
    mutating func receive(_ event: ConversationEvent, at timestamp: Double) -> [JSONReply] {
        switch event {
        case .partial(let partial):
            guard settings.interimResults, isPartialShown || !partial.words.isEmpty else { return [] }
            isPartialShown = !partial.words.isEmpty
            return [Self.transcription(CallTranscription(partial), [])]
        case .final(let segment):
            // A blank final takes back what is shown.
            let isWanted = isPartialShown || !segment.words.isEmpty
            isPartialShown = false
            let times: [(String, JSONValue?)] = [
                ("start", .number(segment.start.wholeMilliseconds)), ("end", .number(segment.end.wholeMilliseconds)),
            ]
            return isWanted ? [Self.transcription(CallTranscription(segment), times)] : []
        case .failed(let failure): return [Self.error(failure.code, failure.message)]
        case .ending(.violation(.callInUse)): return [Self.error("call_in_use", "Another connection carries the call")]
        case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable, .audioTaken, .ending: return []
        }
    }

    private static func transcription(_ text: CallTranscription, _ times: [(String, JSONValue?)]) -> JSONReply {
        JSONReply(["type": "transcription", "data": .object(text.members + times)])
    }

    private static func error(_ code: String, _ message: String) -> JSONReply {
        JSONReply(
            ["type": "error", "data": ["code": .string(code), "message": .string(message)]], failureCode: code)
    }
}

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
    /// The channels whose open utterance is shown.
    private var shown: Set<Int> = []

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
        guard let format = settings.format else { return [] }
        phase = .streaming
        let call = settings.call.map { [Step.call($0, channels: settings.channels)] } ?? []
        return call + [.input(.begin(format, RecognitionRequest(), channels: settings.channels))]
    }

    /// `mod_audio_fork` asks for the last transcriptions with an empty message.
    private mutating func take(_ samples: ByteBuffer) -> [Step] {
        guard samples.readableBytes > 0 else {
            phase = .stopped
            return [.input(.end(.stop))]
        }
        return [.input(.audio(samples))]
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
    mutating func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [JSONReply] {
        switch event {
        case .partial(let partial):
            guard settings.interimResults, shown.contains(channel) || !partial.words.isEmpty else { return [] }
            if partial.words.isEmpty { shown.remove(channel) } else { shown.insert(channel) }
            return [transcription(CallTranscription(partial), [], on: channel)]
        case .final(let segment):
            // A blank final takes back what is shown.
            let isWanted = shown.remove(channel) != nil || !segment.words.isEmpty
            let times: [(String, JSONValue?)] = [
                ("start", .number(segment.start.wholeMilliseconds)), ("end", .number(segment.end.wholeMilliseconds)),
            ]
            return isWanted ? [transcription(CallTranscription(segment), times, on: channel)] : []
        case .failed(let failure): return [Self.error(failure.code, failure.message)]
        case .ending(.violation(.callInUse)): return [Self.error("call_in_use", "Another connection carries the call")]
        case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable, .audioTaken, .ending, .ended:
            return []
        }
    }

    private func transcription(
        _ text: CallTranscription, _ times: [(String, JSONValue?)], on channel: Int
    ) -> JSONReply {
        let party: [(String, JSONValue?)] = settings.channels > 1 ? [("channel", .integer(channel))] : []
        return JSONReply(["type": "transcription", "data": .object(text.members + times + party)])
    }

    private static func error(_ code: String, _ message: String) -> JSONReply {
        JSONReply(
            ["type": "error", "data": ["code": .string(code), "message": .string(message)]], failureCode: code)
    }
}

import GigaSTT
import STTValues

/// What the server says on a live session (gigastt protocol 1.0), in the order and with the digits of the contract.
enum ServerMessage: Sendable, Hashable {
    /// What this server can do; the first message.
    struct Ready: Sendable, Hashable {
        let model: String
        let lengthLimit: Int
        let idleTimeout: Int
    }

    /// Words since the last final.
    struct Spoken: Sendable, Hashable {
        let text: String
        let words: [Word]
        /// Unix time in seconds.
        let timestamp: Double
    }

    case ready(Ready)
    case partial(Spoken)
    case final(Spoken, reason: String)
    case error(code: String, message: String, retryAfterMilliseconds: UInt32? = nil)

    /// The rate that audio has until the client says otherwise.
    static let defaultSampleRate = 48_000

    /// One line of JSON.
    var json: String {
        switch self {
        case .ready(let ready): Self.json(ready)
        case .partial(let spoken): Self.json(spoken, type: "partial", isFinal: false, tail: "")
        case .final(let spoken, let reason):
            Self.json(
                spoken, type: "final", isFinal: true,
                tail: #","speech_final":true,"endpoint_reason":\#(JSONLiteral.string(reason))"#)
        case .error(let code, let message, let retry):
            #"{"type":"error","message":\#(JSONLiteral.string(message)),"code":\#(JSONLiteral.string(code))"#
                + (retry.map { #","retry_after_ms":\#($0)"# } ?? "") + "}"
        }
    }

    private static func json(_ ready: Ready) -> String {
        let rates = PCMFormat.sampleRates.map(String.init).joined(separator: ",")
        return #"{"type":"ready","model":\#(JSONLiteral.string(ready.model)),"sample_rate":\#(defaultSampleRate),"#
            + #""version":"\#(GigaProtocol.version)","supported_rates":[\#(rates)],"#
            + #""max_session_secs":\#(ready.lengthLimit),"idle_timeout_secs":\#(ready.idleTimeout)}"#
    }

    private static func json(_ spoken: Spoken, type: String, isFinal: Bool, tail: String) -> String {
        let words = spoken.words.map(\.wireJSON).joined(separator: ",")
        let confidence = spoken.words.meanConfidence.map { #","confidence":\#(JSONLiteral.number(Float($0)))"# } ?? ""
        return #"{"type":"\#(type)","text":\#(JSONLiteral.string(spoken.text)),"words":[\#(words)],"#
            + #""is_final":\#(isFinal),"timestamp":\#(JSONLiteral.number(spoken.timestamp))\#(tail)\#(confidence)}"#
    }
}

extension Word {
    /// The word as an object of the live protocol and of `/v1/transcribe`.
    var wireJSON: String {
        #"{"word":\#(JSONLiteral.string(text)),"start":\#(JSONLiteral.number(start)),"#
            + #""end":\#(JSONLiteral.number(end)),"confidence":\#(JSONLiteral.number(confidence))"#
            + (speaker.map { #","speaker":\#($0)"# } ?? "") + "}"
    }
}

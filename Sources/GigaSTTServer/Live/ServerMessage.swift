import GigaSTT
import STTValues

/// A message of the server (gigastt protocol 1.0), with the member order and the digits of the contract.
enum ServerMessage: Sendable, Hashable {
    /// The first message: model, formats and limits.
    struct Ready: Sendable, Hashable {
        let model: String
        let lengthLimit: Int
        let idleTimeout: Int
    }

    /// The words since the last final.
    struct Utterance: Sendable, Hashable {
        let text: String
        let words: [Word]
        /// Unix time in seconds.
        let timestamp: Double
        /// Which words each part of the text was made of, where the client asked for it.
        var spans: [TextSpan]?
    }

    case ready(Ready)
    case partial(Utterance)
    case final(Utterance, reason: String)
    case error(code: String, message: String, retryAfterMilliseconds: UInt32? = nil)

    /// The sample rate in Hz until the client configures another.
    static let defaultSampleRate = 48_000

    /// One line of JSON.
    var json: String {
        switch self {
        case .ready(let ready): Self.json(ready)
        case .partial(let utterance): Self.json(utterance, type: "partial", isFinal: false, tail: "")
        case .final(let utterance, let reason):
            Self.json(
                utterance, type: "final", isFinal: true,
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

    private static func json(_ utterance: Utterance, type: String, isFinal: Bool, tail: String) -> String {
        let words = utterance.words.map(\.wireJSON).joined(separator: ",")
        let confidence =
            utterance.words.meanConfidence.map { #","confidence":\#(JSONLiteral.number(Float($0)))"# } ?? ""
        let spans = utterance.spans.map { #","spans":\#($0.wireJSON)"# } ?? ""
        return #"{"type":"\#(type)","text":\#(JSONLiteral.string(utterance.text)),"words":[\#(words)],"#
            + #""is_final":\#(isFinal),"timestamp":\#(JSONLiteral.number(utterance.timestamp))\#(tail)\#(confidence)\#(spans)}"#
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

extension ServerMessage: LiveReply {
    var message: LiveMessage { .text(json) }

    var failureCode: String? {
        guard case .error(let code, _, _) = self else { return nil }
        return code
    }
}

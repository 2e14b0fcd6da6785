import GigaSTT
import NIOCore

/// Asterisk's channel driver `chan_websocket` as a machine: one call on a connection, its media in binary messages and
/// events in text messages. Asterisk takes commands only, so that the text leaves with the `Calls` of the server.
struct AsteriskProtocol: LiveProtocol {
    typealias Step = LiveStep<AsteriskReply>

    static let name = "asterisk"

    private enum Phase { case waiting, streaming, stopped }

    /// The identifier of the request; `nil`: that of the channel.
    private let call: CallID?
    private var phase = Phase.waiting
    private var isJSON = false

    init(call: CallID? = nil) { self.call = call }

    func open() -> [AsteriskReply] { [] }
}

// MARK: - From the client

extension AsteriskProtocol {
    mutating func receive(_ message: LiveMessage) -> [Step] {
        switch (phase, message) {
        case (.stopped, _): []
        case (.waiting, .text(let text)): begin(AsteriskEvent(text))
        case (.waiting, .binary): refuse("the first message must be MEDIA_START")
        case (.streaming, .binary(let media)): media.readableBytes == 0 ? [] : [.input(.audio(media))]
        // Keys of the telephone, and the state of a queue that stays empty.
        case (.streaming, .text): []
        }
    }

    private mutating func begin(_ event: AsteriskEvent) -> [Step] {
        isJSON = event.isJSON
        guard event.name == "MEDIA_START" else { return refuse("the first message must be MEDIA_START") }
        guard let format = event.format else {
            return refuse("the format of the media must be ulaw, alaw or slin to slin192, such as c(slin16)")
        }
        guard let id = call ?? event["channel_id"].flatMap({ CallID($0) }) else {
            return refuse("the channel has no usable identifier; give one in the address: v(call_id=...)")
        }
        phase = .streaming
        return [.call(id), .input(.begin(format, RecognitionRequest()))]
    }

    private mutating func refuse(_ reason: String) -> [Step] {
        phase = .stopped
        return [
            .reply(hangUp("invalid_message")), .input(.end(.violation(WebSocketClose(.policyViolation, reason)))),
        ]
    }

    private func hangUp(_ code: String? = nil) -> AsteriskReply { AsteriskReply(isJSON: isJSON, failureCode: code) }
}

// MARK: - From the conversation

extension AsteriskProtocol {
    func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [AsteriskReply] {
        switch event {
        case .failed(let failure): failure.close == nil ? [] : [hangUp(failure.code)]
        case .ending(.violation(.callInUse)): [hangUp("call_in_use")]
        // The dialplan goes on behind a hang-up of the server.
        case .ending(.idle), .ending(.sessionLength), .ending(.pingTimeout), .ending(.shutdown): [hangUp()]
        case .speechStarted, .speechStopped, .partial, .final, .flushed, .speakers, .speakersUnavailable, .audioTaken,
            .ending, .ended:
            []
        }
    }
}

/// The command that ends the channel, in the form of the channel's events.
struct AsteriskReply: LiveReply, Hashable {
    let isJSON: Bool
    /// Asterisk has no message for it; the metrics have it.
    var failureCode: String?

    var message: LiveMessage { .text(isJSON ? #"{"command":"HANGUP"}"# : "HANGUP") }
}

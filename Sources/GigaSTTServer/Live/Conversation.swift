import GigaSTT
import NIOCore

/// What a conversation takes.
enum ConversationInput: Sendable, Hashable {
    /// The format of the audio that follows, how to recognise it, and its interleaved channels, 1 to `LiveChannels.limit`, each
    /// of which is recognised apart.
    case begin(PCMFormat, RecognitionRequest, channels: Int = 1)
    /// Bytes in that format, cut anywhere.
    case audio(ByteBuffer)
    /// Ends the open utterance, of every channel unless one is named; `flushed` with this number follows its final.
    case flush(Int, channel: Int? = nil)
    /// Ends the conversation.
    case end(EndReason)
}

/// What comes out of a conversation, in order. Times count from the first sample of the session.
enum ConversationEvent: Sendable, Hashable {
    case speechStarted(at: Double)
    case speechStopped(at: Double)
    case partial(Partial)
    case final(Segment)
    /// Who said words of finals that came before, and the names of all speakers where they have changed.
    case speakers([SpeakerSpan], names: [SpeakerName]? = nil)
    /// No `speakers` follow.
    case speakersUnavailable
    case flushed(Int)
    /// The engine has taken an `audio` input. What it recognises in it follows; where the protocol answers audio, what is
    /// ready before the deadline of the answer comes before this event.
    case audioTaken
    /// The recognition failed. The conversation goes on, or its end follows.
    case failed(WireFailure)
    /// The conversation is about to end; finals may follow.
    case ending(EndReason)
    /// The last event of a channel.
    case ended
}

/// Why a conversation ends.
enum EndReason: Sendable, Hashable {
    /// The client asked for the last final.
    case stop
    /// The client closed the connection, with this code.
    case clientClosed(code: UInt16?)
    /// The connection is gone.
    case disconnected
    /// The client sent no data.
    case idle
    /// The session is as long as it may be.
    case sessionLength
    /// The client does not answer pings.
    case pingTimeout
    case shutdown
    /// The client broke a rule; the close frame names it.
    case violation(WebSocketClose)
    /// The recognition failed for good.
    case failed(WireFailure)

    /// Whether the audio received before the end is decoded into a last final. Without a connection the text would reach
    /// no one, and after most violations what was received means nothing.
    var decodesRemainder: Bool {
        switch self {
        case .stop, .idle, .sessionLength, .pingTimeout, .shutdown: true
        case .violation(let close): close == MessageAssembler.tooBig || close == .tryAgainLater
        case .clientClosed, .disconnected, .failed: false
        }
    }

    /// Whether a session without audio ends with an empty final (gigastt contract).
    var needsFinalWithoutAudio: Bool {
        switch self {
        case .stop, .sessionLength, .shutdown: true
        case .clientClosed, .disconnected, .idle, .pingTimeout, .violation, .failed: false
        }
    }
}

extension EndReason: CustomStringConvertible {
    /// The reason for the log; nothing that a client wrote is repeated.
    var description: String {
        switch self {
        case .stop: "stop"
        case .clientClosed: "client closed"
        case .disconnected: "client left"
        case .idle: "idle timeout"
        case .sessionLength: "max session duration"
        case .pingTimeout: "ping timeout"
        case .shutdown: "server shutdown"
        case .violation(let close): close.reason
        case .failed(let failure): failure.close?.reason ?? "internal error"
        }
    }
}

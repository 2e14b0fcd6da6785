import GigaSTT

/// How a failure of the engine looks on the wire: the one table for HTTP and WebSocket.
struct WireFailure: Sendable, Hashable {
    /// The status of an HTTP answer.
    let status: Int
    /// The stable identifier for programs.
    let code: String
    /// The human-readable sentence: fixed text, numbers, and the reason why a recording cannot be read.
    let message: String
    /// When to try again, for a failure that passes.
    var retryAfterMilliseconds: UInt32?
    /// How a WebSocket ends after it; `nil`: the session goes on.
    var close: WebSocketClose?

    /// The interface that reports the failure: the contract has different texts for the same failure.
    enum Place: Sendable { case live, recording, events }

    /// The row for an error; anything that is not the engine's is `internal`.
    init(_ error: any Error, on place: Place = .live) {
        guard let error = error as? GigaSTTError else {
            self = .internalFailure
            return
        }
        switch error.code {
        case .overloaded: self = .busy(retryAfter: error.retryAfter ?? .seconds(1))
        case .timedOut: self = .timedOut
        case .shuttingDown: self = .shuttingDown
        case .inferenceFailed:
            switch place {
            case .live: self = .inferenceFailed
            case .recording: self = .recordingFailed
            case .events: self = .eventsFailed
            }
        case .audioUnreadable:
            switch place {
            case .live: self = .recordingFailed
            case .recording: self = Self.recordingFailed.adding(error.message)
            case .events: self = Self.invalidAudio.adding(error.message)
            }
        case .audioTooLong: self = WireFailure(413, "audio_too_long", error.message, close: nil)
        case .voiceUnusable: self = WireFailure(422, "voice_unusable", error.message, close: nil)
        case .invalidOption: self = .invalidOption
        default: self = .internalFailure
        }
    }

    /// The same failure with the reason behind the sentence of the contract.
    private func adding(_ reason: String) -> WireFailure {
        var failure = WireFailure(status, code, reason.isEmpty ? message : "\(message) \(reason)", close: close)
        failure.retryAfterMilliseconds = retryAfterMilliseconds
        return failure
    }

    private init(_ status: Int, _ code: String, _ message: String, close: WebSocketClose?) {
        self.status = status
        self.code = code
        self.message = message
        self.close = close
    }

    /// Too much work is waiting.
    static func busy(retryAfter: Duration) -> WireFailure {
        var failure = WireFailure(
            503, "timeout", "Server busy, try again later", close: .tryAgainLater)
        let milliseconds = (retryAfter / .milliseconds(1)).rounded(.up)
        failure.retryAfterMilliseconds = UInt32(exactly: min(max(milliseconds, 1), 4_294_967_295)) ?? 1
        return failure
    }

    /// A client asks too often.
    static func rateLimited(retryAfterMilliseconds: UInt32) -> WireFailure {
        var failure = WireFailure(429, "rate_limited", "Too many requests", close: nil)
        failure.retryAfterMilliseconds = retryAfterMilliseconds
        return failure
    }

    private static let timedOut = WireFailure(
        504, "inference_timeout", "Inference timed out.", close: WebSocketClose(.internalError, "inference timeout"))
    private static let shuttingDown = WireFailure(
        503, "pool_closed", "Server is shutting down", close: .serverShutdown)
    /// On a socket the session goes on with what comes next.
    private static let inferenceFailed = WireFailure(
        422, "inference_error", "Inference failed. Please check audio format.", close: nil)
    private static let eventsFailed = WireFailure(
        422, "inference_error", "Transcription failed. Please check audio format.", close: nil)
    private static let invalidAudio = WireFailure(
        422, "invalid_audio", "Failed to decode audio file. Check format (WAV, MP3, M4A, OGG, FLAC supported).",
        close: nil)
    private static let recordingFailed = WireFailure(
        422, "transcription_error", "Transcription failed. Check audio format.",
        close: WebSocketClose(.internalError, "internal error"))
    private static let invalidOption = WireFailure(
        400, "invalid_input", "An option has a value that makes no sense. Check the request.",
        close: WebSocketClose(.internalError, "internal error"))
    private static let internalFailure = WireFailure(
        500, "internal", "Internal server error", close: WebSocketClose(.internalError, "internal error"))
}

import GigaSTTServer

/// A limit of a server that can be set by a flag, a variable or the configuration file.
enum ServeLimit: String, CaseIterable, Sendable {
    case idleTimeout = "idle_timeout_secs"
    case messageByteCount = "ws_frame_max_bytes"
    case bodyByteCount = "body_limit_bytes"
    case sessionLength = "max_session_secs"
    case drain = "shutdown_drain_secs"
    case workerWait = "pool_checkout_timeout_secs"
    case inferenceTimeout = "inference_timeout_secs"
    case audioLength = "max_audio_secs"
    case ratePerMinute = "rate_limit_per_minute"
    case rateBurst = "rate_limit_burst"
    case connectionCount = "max_connections"
    case keepAlive = "keep_alive_secs"
    case handshake = "tls_handshake_timeout_secs"
    case uploadRate = "min_upload_bytes_per_sec"
    case pingInterval = "ping_interval_secs"
    case writeTimeout = "write_timeout_secs"

    /// The environment variable.
    var variable: String { "GIGASTT_\(rawValue.uppercased())" }

    /// What may be written; values that make no sense within it are moved by the server, with a warning.
    var range: ClosedRange<UInt64> { 0...(self == .bodyByteCount ? UInt64(Int64.max) : UInt64(UInt32.max)) }

    /// Puts a value of the range where it belongs.
    func apply(_ value: UInt64, to settings: inout ServerSettings) {
        let number = Int(clamping: value)
        let seconds = Duration.seconds(Int64(number))
        switch self {
        case .idleTimeout: settings.session.idleTimeout = seconds
        case .messageByteCount: settings.session.messageByteLimit = number
        case .bodyByteCount: settings.bodyByteLimit = number
        case .sessionLength: settings.session.lengthLimit = seconds
        case .drain: settings.drain = seconds
        case .workerWait: settings.workerWait = seconds
        case .inferenceTimeout: settings.inferenceTimeout = seconds
        case .ratePerMinute: settings.rateLimit.perMinute = number
        case .rateBurst: settings.rateLimit.burst = number
        case .audioLength: settings.audioLengthLimit = seconds
        case .connectionCount: settings.connectionLimit = number
        case .keepAlive: settings.keepAlive = seconds
        case .handshake: settings.handshakeTimeout = seconds
        case .uploadRate: settings.uploadPace.bytesPerSecond = number
        case .pingInterval: settings.session.pingInterval = seconds
        case .writeTimeout: settings.session.writeTimeout = seconds
        }
    }
}

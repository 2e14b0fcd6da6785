import GigaSTTServer

/// A limit of a server that can be set by a flag, a variable or the configuration file.
enum ServeLimit: String, CaseIterable, Sendable {
    case idleTimeout = "idle_timeout_secs"
    case messageByteCount = "ws_frame_max_bytes"
    case bodyByteCount = "body_limit_bytes"
    case sessionLength = "max_session_secs"
    case drainTimeout = "shutdown_drain_secs"
    case queueTimeout = "pool_checkout_timeout_secs"
    case inferenceTimeout = "inference_timeout_secs"
    case audioLength = "max_audio_secs"
    case ratePerMinute = "rate_limit_per_minute"
    case rateBurst = "rate_limit_burst"
    case connectionCount = "max_connections"
    case idleConnectionTimeout = "keep_alive_secs"
    case handshake = "tls_handshake_timeout_secs"
    case uploadRate = "min_upload_bytes_per_sec"
    case pingInterval = "ping_interval_secs"
    case writeTimeout = "write_timeout_secs"
    case recordings = "max_recordings"
    case recordingsPerClient = "max_recordings_per_client"
    case uploads = "max_uploads"
    case uploadsPerClient = "max_uploads_per_client"
    case bufferedBytes = "max_buffered_bytes"
    case bufferedBytesPerClient = "max_buffered_bytes_per_client"
    case sessions = "max_sessions"
    case sessionsPerClient = "max_sessions_per_client"
    case waiting = "max_waiting"
    case resumeWindow = "resume_window_secs"
    case suspendedSessions = "max_suspended_sessions"
    case jobLifetime = "jobs_ttl_secs"
    case jobCount = "jobs_max"
    case jobByteCount = "jobs_max_bytes"
    case jobRetries = "jobs_retry"
    case jobLease = "jobs_lease_secs"
    case jobPart = "jobs_part_secs"
    case keptJobCount = "jobs_keep"
    case keptJobByteCount = "jobs_keep_bytes"

    /// The environment variable.
    var variable: String { "GIGASTT_\(rawValue.uppercased())" }

    /// What may be written; values that make no sense within it are moved by the server, with a warning.
    var range: ClosedRange<UInt64> {
        switch self {
        case .bodyByteCount, .bufferedBytes, .bufferedBytesPerClient, .jobByteCount, .keptJobByteCount:
            0...UInt64(Int64.max)
        default: 0...UInt64(UInt32.max)
        }
    }

    /// Puts a value of the range where it belongs.
    func apply(_ value: UInt64, to settings: inout ServerSettings) {
        let number = Int(clamping: value)
        let seconds = Duration.seconds(Int64(number))
        switch self {
        case .idleTimeout: settings.session.idleTimeout = seconds
        case .messageByteCount: settings.session.messageByteLimit = number
        case .bodyByteCount: settings.bodyByteLimit = number
        case .sessionLength: settings.session.maximumDuration = seconds
        case .drainTimeout: settings.drainTimeout = seconds
        case .queueTimeout: settings.queueTimeout = seconds
        case .inferenceTimeout: settings.inferenceTimeout = seconds
        case .ratePerMinute: settings.rateLimit.perMinute = number
        case .rateBurst: settings.rateLimit.burst = number
        case .audioLength: settings.maximumAudioDuration = seconds
        case .connectionCount: settings.connectionLimit = number
        case .idleConnectionTimeout: settings.idleConnectionTimeout = seconds
        case .handshake: settings.handshakeTimeout = seconds
        case .uploadRate: settings.uploadRate.bytesPerSecond = number
        case .pingInterval: settings.session.pingInterval = seconds
        case .writeTimeout: settings.session.writeTimeout = seconds
        case .recordings: settings.budget.recordings.total = number
        case .recordingsPerClient: settings.budget.recordings.perClient = number
        case .uploads: settings.budget.uploads.total = number
        case .uploadsPerClient: settings.budget.uploads.perClient = number
        case .bufferedBytes: settings.budget.bytes.total = number
        case .bufferedBytesPerClient: settings.budget.bytes.perClient = number
        case .sessions: settings.budget.sessions.total = number
        case .sessionsPerClient: settings.budget.sessions.perClient = number
        case .waiting: settings.budget.waiting = number
        case .resumeWindow: settings.session.resumeWindow = seconds
        case .suspendedSessions: settings.session.suspendedLimit = number
        case .jobLifetime: settings.jobs.lifetime = seconds
        case .jobCount: settings.jobs.countLimit = number
        case .jobByteCount: settings.jobs.byteLimit = number
        case .jobRetries: settings.jobs.deathLimit = number
        case .jobLease: settings.jobs.lease = seconds
        case .jobPart: settings.jobs.partDuration = seconds
        case .keptJobCount: settings.jobs.keptCount = number
        case .keptJobByteCount: settings.jobs.keptByteCount = number
        }
    }
}

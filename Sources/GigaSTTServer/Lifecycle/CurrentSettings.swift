import Logging
import NIOPosix
import Synchronization

/// The current settings. A route reads them once for each request or session, which keeps what it read; a reload
/// replaces the limits among them as a whole.
final class CurrentSettings: Sendable {
    private let settings: Mutex<ServerSettings>

    init(_ settings: ServerSettings) { self.settings = Mutex(settings) }

    /// The settings now.
    var current: ServerSettings { settings.withLock { $0 } }

    /// Replaces the limits; everything else stays as it was at the start.
    func replaceLimits(by wanted: ServerSettings) { settings.withLock { $0.takeLimits(of: wanted) } }

    /// Replaces the limits by those of settings that are read again.
    func reload(
        from reread: @escaping @Sendable () throws -> ServerSettings, limiter: RateLimiter, budget: Budget,
        _ logger: Logger
    ) -> Reloadable {
        Reloadable("limits") {
            // Disks block, tasks must not.
            let (settings, warnings) = try await NIOThreadPool.singleton.runIfActive {
                try reread().clamped(openFiles: OpenFileLimit.raise())
            }
            for warning in warnings { logger.warning("\(warning)") }
            try settings.rateLimit.check()
            self.replaceLimits(by: settings)
            limiter.replace(settings.rateLimit)
            budget.replace(settings.budget)
        }
    }
}

extension ServerSettings {
    /// What a running server can change.
    fileprivate mutating func takeLimits(of other: ServerSettings) {
        session.idleTimeout = other.session.idleTimeout
        session.maximumDuration = other.session.maximumDuration
        session.messageByteLimit = other.session.messageByteLimit
        bodyByteLimit = other.bodyByteLimit
        rateLimit = other.rateLimit
        idleConnectionTimeout = other.idleConnectionTimeout
        handshakeTimeout = other.handshakeTimeout
        uploadRate = other.uploadRate
        session.pingInterval = other.session.pingInterval
        session.writeTimeout = other.session.writeTimeout
        session.resumeWindow = other.session.resumeWindow
        session.suspendedLimit = other.session.suspendedLimit
        budget = other.budget
        queueTimeout = other.queueTimeout
        inferenceTimeout = other.inferenceTimeout
        maximumAudioDuration = other.maximumAudioDuration
        text = other.text
    }
}

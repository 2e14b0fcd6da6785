public import STTValues

/// Everything that can be set on a server. Values outside their range are moved into it by `adjusted()`.
public struct ServerSettings: Sendable, Hashable {
    /// Address to listen on: a literal, or `localhost`.
    public var host = "127.0.0.1"
    /// Port, 0…65535; 0 takes a free one.
    public var port = 9876
    /// Consent to an address that other machines reach.
    public var bindAll = false
    /// Which web pages may use the server.
    public var origins = OriginPolicy()
    /// Limits of each live session.
    public var session = SessionSettings()
    /// How long a shutdown may wait for sessions and answers, at least one second.
    public var drain = Duration.seconds(10)
    /// Connections held at the same time; more wait in the system's queue.
    public var connectionLimit = 10_000
    /// How long a connection may be silent between requests or within one.
    public var keepAlive = Duration.seconds(60)
    /// Largest body of an upload in bytes.
    public var bodyByteLimit = 52_428_800
    /// Recordings received and recognised at the same time; more get `timeout`.
    public var uploadLimit = 32
    /// How slow an upload may be.
    var uploadPace = UploadPace()
    /// Version that the server announces.
    public var version = "0"

    /// The defaults of gigastt 2.3.
    public init() {}

    /// The settings with every value in its range, and a sentence for each that was moved.
    public func adjusted() -> (settings: ServerSettings, warnings: [String]) { adjusted(openFiles: .max) }

    /// The same, with no more connections than the system has open files for.
    func adjusted(openFiles: Int) -> (settings: ServerSettings, warnings: [String]) {
        var result = self
        var warnings: [String] = []
        func clamp<Value: Comparable & Sendable>(
            _ path: WritableKeyPath<ServerSettings, Value>, _ name: String, _ low: Value, _ high: Value
        ) {
            let value = result[keyPath: path]
            let inside = min(max(value, low), high)
            if inside == value { return }
            result[keyPath: path] = inside
            warnings.append("\(name) must be \(low) to \(high); using \(inside)")
        }
        clamp(\.drain, "shutdown-drain-secs", .seconds(1), .seconds(86_400))
        clamp(\.connectionLimit, "the limit of connections", 1, 1_000_000)
        clamp(\.keepAlive, "the keep-alive time", .seconds(1), .seconds(3_600))
        clamp(\.bodyByteLimit, "body-limit-bytes", 1, 1 << 40)
        clamp(\.uploadLimit, "the limit of uploads", 1, 10_000)
        clamp(\.session.messageByteLimit, "ws-frame-max-bytes", 125, 1 << 26)
        clamp(\.session.idleTimeout, "idle-timeout-secs", .zero, .seconds(Int64(UInt32.max)))
        clamp(\.session.lengthLimit, "max-session-secs", .zero, .seconds(Int64(UInt32.max)))
        clamp(\.session.silence, "the silence that ends an utterance", .milliseconds(80), .seconds(60))
        let possible = OpenFileLimit.connections(
            result.connectionLimit, openFiles: openFiles, uploads: result.uploadLimit)
        if possible < result.connectionLimit {
            result.connectionLimit = possible
            warnings.append(
                "the system allows \(openFiles) open files, so that at most \(possible) connections are held; "
                    + "raise `ulimit -n`, or LimitNOFILE of the service")
        }
        let session = result.session
        if session.lengthLimit > .zero, session.lengthLimit < session.idleTimeout {
            warnings.append("max-session-secs is below idle-timeout-secs, so that no session ends by being idle")
        }
        return (result, warnings)
    }
}

/// Limits and defaults of one live session; fixed when it begins.
public struct SessionSettings: Sendable, Hashable {
    /// Time without a text or binary message after which a session ends; zero: never.
    public var idleTimeout = Duration.seconds(300)
    /// Longest session; zero: no limit.
    public var lengthLimit = Duration.seconds(3_600)
    /// Largest message and frame in bytes.
    public var messageByteLimit = 524_288
    /// Time between two pings of the server.
    public var pingInterval = Duration.seconds(30)
    /// How long the system may refuse to take what is sent to a client before the client counts as gone.
    public var writeTimeout = Duration.seconds(30)
    /// How long a client may take to answer the closing handshake.
    public var closeTimeout = Duration.seconds(2)
    /// What ends an utterance.
    public var endpointMode = EndpointMode.auto
    /// Silence that ends an utterance, unless the client says otherwise.
    public var silence = Duration.milliseconds(500)
    /// Whether a model finds the speech; else its energy does.
    public var usesVoiceActivityModel = false

    /// The defaults of gigastt 2.3.
    public init() {}
}

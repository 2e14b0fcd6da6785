public import STTValues

/// Everything that can be set on a server. Values outside their range are moved into it by `clamped()`.
public struct ServerSettings: Sendable, Hashable {
    /// Address to listen on: a literal, or `localhost`.
    public var host = "127.0.0.1"
    /// Port, 0…65535; 0 takes a free one.
    public var port = 9876
    /// Allow binding to a non-loopback address.
    public var allowsNonLoopback = false
    /// Which web pages may use the server.
    public var origins = OriginPolicy()
    /// Host names under which the server answers, beside its addresses and the machine's own names. Requests under other
    /// names are refused when there are any, and always on a loopback address.
    public var allowedHosts: [String] = []
    /// The address under which browsers reach the server: its origin and host are allowed.
    public var publicURL: PublicURL?
    /// Path of a file of API keys, one a line: `NAME ROLE[,ROLE] KEY`; `nil`: no key is needed.
    public var apiKeyFile: String?
    /// The certificate of the server's ports; `nil`: connections are not encrypted.
    public var tls: TLSCertificateFiles?
    /// How long a client may take for the TLS handshake.
    public var handshakeTimeout = Duration.seconds(10)
    /// How many requests each client may make.
    public var rateLimit = RateLimit()
    /// Trust `X-Forwarded-For` and `X-Real-IP` from a proxy on loopback or a private network.
    public var trustsProxy = false
    /// Limits of each live session.
    public var session = SessionSettings()
    /// How texts are written where a client does not say.
    public var text = TextFormatting()
    /// How long a shutdown may wait for sessions and answers, at least one second.
    public var drainTimeout = Duration.seconds(10)
    /// How long the port stays open, with `/ready` answering 503, before existing connections are closed; zero: not at
    /// all.
    public var lameDuck = Duration.zero
    /// Connections held at the same time; more wait in the system's queue.
    public var connectionLimit = 10_000
    /// How long a connection may be silent between requests or within one.
    public var idleConnectionTimeout = Duration.seconds(60)
    /// Largest body of an upload in bytes.
    public var bodyByteLimit = 52_428_800
    /// What is held at the same time, in total and for each client.
    public var budget = BudgetLimits()
    /// How long a recording may wait for a place, first to be received and then to be recognised by a first worker,
    /// before it gets `timeout`; at least one second.
    public var queueTimeout = Duration.seconds(30)
    /// How long nothing may get done on a recording, or on an utterance of a session, before it gets
    /// `inference_timeout`; zero: no limit.
    public var inferenceTimeout = Duration.seconds(600)
    /// Longest recording; more gets `audio_too_long`. Zero: no limit.
    public var maximumAudioDuration = Duration.zero
    /// The slowest upload that is accepted.
    package var uploadRate = MinimumUploadRate()
    /// How long a soft reload waits for the users of the previous model (gigastt contract).
    var reloadDrain = Duration.seconds(5)
    /// Whether and by which voices speakers get names.
    public var voices = VoiceSettings()
    /// Durable jobs.
    public var jobs = JobSettings()
    /// Where the ends of jobs are reported to; `nil`: nowhere.
    public var webhook: WebhookSettings?
    /// Address of the metrics listener; `nil` disables it. Needs `allowsNonLoopback` like the server's own.
    public var metrics: ListenAddress?
    /// Whether the metrics can be read without a key although there is a file of keys.
    public var metricsWithoutKey = false
    /// Protocols that have a port of their own, and their addresses. A non-loopback one needs `allowsNonLoopback`.
    public var listeners: [ProtocolPort: ListenAddress] = [:]
    /// Protocols of telephone switches on the main port.
    public var telephony: Set<TelephonyProtocol> = []
    /// What is held of calls.
    var calls = Calls.Limits()
    /// Whether the interface of Deepgram is served at `/v1/listen`.
    public var servesDeepgram = false
    /// Clients that may use protocols without a place for a key although there is a file of keys; those of this machine
    /// may in any case.
    public var keylessRanges: [AddressRange] = []
    /// Version that the server announces.
    public var version = "0"

    /// The defaults of gigastt 2.3.
    public init() {}

    /// How clients reach the server: `http`, or `https` with a certificate.
    public var scheme: String { tls == nil ? "http" : "https" }

    /// The settings with every value in its range, and a warning for each that was not.
    public func clamped() -> (settings: ServerSettings, warnings: [String]) { clamped(openFiles: .max) }

    /// The same, with no more connections and places of recordings than the limit of open files allows.
    func clamped(openFiles: Int) -> (settings: ServerSettings, warnings: [String]) {
        var result = self
        var warnings: [String] = []
        func clamp<Value: Comparable & Sendable>(
            _ path: WritableKeyPath<ServerSettings, Value>, _ name: String, _ low: Value, _ high: Value
        ) {
            let value = result[keyPath: path]
            let inside = min(max(value, low), high)
            if inside == value { return }
            result[keyPath: path] = inside
            let texts = [low, high, inside].map { ($0 as? Duration)?.plainSeconds ?? "\($0)" }
            warnings.append("\(name) must be \(texts[0]) to \(texts[1]); using \(texts[2])")
        }
        let longest = Duration.seconds(Int64(UInt32.max))
        clamp(\.rateLimit.perMinute, "rate-limit-per-minute", 0, 60_000)
        clamp(\.rateLimit.burst, "rate-limit-burst", 0, 1_000_000)
        clamp(\.drainTimeout, "shutdown-drain-secs", .seconds(1), .seconds(86_400))
        clamp(\.lameDuck, "lame-duck-secs", .zero, .seconds(3_600))
        clamp(\.connectionLimit, "max-connections", 1, 1_000_000)
        clamp(\.idleConnectionTimeout, "keep-alive-secs", .seconds(1), .seconds(3_600))
        clamp(\.handshakeTimeout, "tls-handshake-timeout-secs", .milliseconds(1), .seconds(600))
        clamp(\.uploadRate.bytesPerSecond, "min-upload-bytes-per-sec", 0, 1 << 30)
        clamp(\.session.pingInterval, "ping-interval-secs", .milliseconds(1), .seconds(3_600))
        clamp(\.session.writeTimeout, "write-timeout-secs", .milliseconds(1), .seconds(3_600))
        clamp(\.bodyByteLimit, "body-limit-bytes", 1, 1 << 40)
        for (path, name) in ServerSettings.budgetCounts { clamp(path, name, 0, 1_000_000) }
        clamp(\.budget.waiting, "max-waiting", 1, 1_000_000)
        clamp(\.budget.bytes.total, "max-buffered-bytes", 0, 1 << 50)
        clamp(\.budget.bytes.perClient, "max-buffered-bytes-per-client", 0, 1 << 50)
        clamp(\.queueTimeout, "pool-checkout-timeout-secs", .seconds(1), longest)
        clamp(\.inferenceTimeout, "inference-timeout-secs", .zero, longest)
        clamp(\.maximumAudioDuration, "max-audio-secs", .zero, longest)
        clamp(\.session.messageByteLimit, "ws-frame-max-bytes", 125, 1 << 26)
        clamp(\.session.idleTimeout, "idle-timeout-secs", .zero, longest)
        clamp(\.session.maximumDuration, "max-session-secs", .zero, longest)
        clamp(\.session.resumeWindow, "resume-window-secs", .zero, .seconds(3_600))
        clamp(\.session.suspendedLimit, "max-suspended-sessions", 1, 1_000_000)
        clamp(\.session.endpointSilence, "the silence that ends an utterance", .milliseconds(80), .seconds(60))
        clamp(\.jobs.lifetime, "jobs-ttl-secs", .zero, longest)
        clamp(\.jobs.countLimit, "jobs-max", 1, 1_000_000)
        clamp(\.jobs.byteLimit, "jobs-max-bytes", 1, 1 << 50)
        clamp(\.jobs.lease, "jobs-lease-secs", .seconds(5), .seconds(3_600))
        if result.jobs.cutDuration != .zero {
            clamp(\.jobs.cutDuration, "jobs-part-secs", .seconds(5), .seconds(86_400))
        }
        clamp(\.jobs.deathLimit, "jobs-retry", 1, 1_000)
        clamp(\.jobs.keptCount, "jobs-keep", 0, 1_000_000)
        clamp(\.jobs.keptByteCount, "jobs-keep-bytes", 0, 1 << 50)
        clamp(\.jobs.workerCount, "batch-pool-size", 1, 256)
        // A recording that may be sent must fit.
        for path in [\ServerSettings.budget.bytes.total, \.budget.bytes.perClient] {
            let value = result[keyPath: path]
            guard value > 0, value < result.bodyByteLimit else { continue }
            result[keyPath: path] = result.bodyByteLimit
            warnings.append("max-buffered-bytes must be at least body-limit-bytes; using \(result.bodyByteLimit)")
        }
        let before = (result.connectionLimit, result.budget)
        OpenFileLimit.apply(openFiles, to: &result)
        if before != (result.connectionLimit, result.budget) {
            let (uploads, recordings) = (result.budget.uploads.total, result.budget.recordings.total)
            warnings.append(
                "the system allows \(openFiles) open files, so that at most \(result.connectionLimit) connections are "
                    + "held, \(uploads) recordings received and \(recordings) recognised at the same time; raise "
                    + "`ulimit -n`, or LimitNOFILE of the service")
        }
        let session = result.session
        if session.maximumDuration > .zero, session.maximumDuration < session.idleTimeout {
            warnings.append("max-session-secs is below idle-timeout-secs, so that no session ends by being idle")
        }
        return (result, warnings)
    }
}

extension ServerSettings {
    /// Checks what needs neither a file nor the network; a server does the same before it starts.
    ///
    /// Throws `ServerError` with code `bindRefused` or `settingInvalid`.
    public func check() throws(ServerError) {
        for host in [metrics?.host, host].compactMap(\.self) + listeners.values.map(\.host) {
            try BindPolicy.check(host, consent: allowsNonLoopback)
        }
        try rateLimit.check()
        try origins.check()
        try HostPolicy.check(allowedHosts)
    }

    /// The origins of the settings and that of the public URL, as browsers write them.
    var allOrigins: OriginPolicy {
        var origins = origins
        origins.allowed = origins.allowed.compactMap(OriginPolicy.origin)
        if let publicURL { origins.allowed.append(publicURL.origin) }
        return origins
    }

    private static var budgetCounts: [(WritableKeyPath<ServerSettings, Int>, String)] {
        [
            (\.budget.uploads.total, "max-uploads"), (\.budget.uploads.perClient, "max-uploads-per-client"),
            (\.budget.recordings.total, "max-recordings"),
            (\.budget.recordings.perClient, "max-recordings-per-client"),
            (\.budget.sessions.total, "max-sessions"), (\.budget.sessions.perClient, "max-sessions-per-client"),
        ]
    }
}

extension Duration {
    /// Seconds as they are set: `86400`, `0.08`.
    fileprivate var plainSeconds: String {
        let text = JSONLiteral.number(self / .seconds(1))
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

/// Limits and defaults of one live session; fixed when it begins.
public struct SessionSettings: Sendable, Hashable {
    /// Time without a text or binary message after which a session ends; zero: never.
    public var idleTimeout = Duration.seconds(300)
    /// Longest session; zero: no limit.
    public var maximumDuration = Duration.seconds(3_600)
    /// Largest message and frame in bytes.
    public var messageByteLimit = 524_288
    /// Time between two pings of the server.
    public var pingInterval = Duration.seconds(30)
    /// How long the system may refuse to take what is sent to a client before the client counts as gone.
    public var writeTimeout = Duration.seconds(30)
    /// How long a client may take to answer the closing handshake.
    public var closeTimeout = Duration.seconds(2)
    /// How long a session whose client asked for it waits for that client after its connection was lost, and how long the last
    /// messages of one that ended are held; zero: sessions end with their connections.
    public var resumeWindow = Duration.seconds(60)
    /// Sessions that wait for their clients; those beyond end with their connections.
    public var suspendedLimit = 256
    /// What ends an utterance.
    public var endpointMode = EndpointMode.auto
    /// Silence that ends an utterance, unless the client says otherwise.
    public var endpointSilence = Duration.milliseconds(500)

    /// The defaults of gigastt 2.3.
    public init() {}
}

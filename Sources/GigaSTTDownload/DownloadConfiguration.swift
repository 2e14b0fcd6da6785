/// Sources, retries and time-outs of a downloader.
public struct DownloadConfiguration: Sendable {
    /// No connection is ever made: a missing file is an error that names it.
    public var isOffline: Bool
    /// A source to fetch from instead of the published ones.
    public var mirror: Mirror?
    /// Through which proxy each host is reached.
    public var proxies: ProxySettings
    /// How often and how long after a failure a file is tried again.
    public var retries: RetrySchedule = .standard
    /// Limit of the time to connect, TLS included.
    public var connectTimeout: Duration = .seconds(30)
    /// Limit of the time without a byte, before the answer or within it.
    public var stallTimeout: Duration = .seconds(60)
    /// Limit of the wait for another process that downloads into the same folder.
    public var lockTimeout: Duration = .seconds(3600)
    /// Waits between tries, and for another process; a test gives one that returns at once.
    public var pause: @Sendable (Duration) async throws -> Void = { try await ContinuousClock().sleep(for: $0) }
    /// Where in the span of a back-off a wait lies, 0 up to 1.
    public var jitter: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// A configuration that fetches from the published sources by default.
    public init(isOffline: Bool = false, mirror: Mirror? = nil, proxies: ProxySettings = ProxySettings()) {
        self.isOffline = isOffline
        self.mirror = mirror
        self.proxies = proxies
    }

    /// The environment, below the arguments: `GIGASTT_OFFLINE` (on when set, not empty and not `0`),
    /// `GIGASTT_MODEL_MIRROR`, and the proxy variables of `ProxySettings`.
    ///
    /// Throws `DownloadError` with the code `invalidSetting` for a mirror or proxy that cannot be understood. A setting
    /// for the network is not even read when offline.
    public init(environment: [String: String], offline: Bool = false, mirror: String? = nil) throws(DownloadError) {
        let variable = environment["GIGASTT_OFFLINE"] ?? ""
        if offline || (!variable.isEmpty && variable != "0") {
            self.init(isOffline: true)
            return
        }
        let name = mirror ?? environment["GIGASTT_MODEL_MIRROR"] ?? ""
        self.init(
            mirror: name.isEmpty ? nil : try Mirror(name), proxies: try ProxySettings(environment: environment))
    }
}

import HTTPTypes

/// What a server counts, under the names of the gigastt 2.3 contract and of our own. Every list of labels is short and
/// fixed: nothing that a client sends becomes a label.
struct ServerMetrics: Sendable {
    /// Where audio came from.
    enum AudioSource: String, Sendable { case live, file, events, openai, job }

    let registry: MetricsRegistry
    private let requests: Counter
    private let requestDurations: Distribution
    private let inferenceTimeouts: Counter
    private let poolTimeouts: Counter
    private let inferenceDurations: Distribution
    private let audioSeconds: Counter
    private let recordingSeconds: Distribution
    private let timeFactors: Distribution

    /// Requests turned away by a rate limiter.
    let rateLimitRejections: Counter
    /// Requests of web pages that may not use the server.
    let originRejections: Counter
    /// Requests without a key that opens what they asked for.
    let authenticationFailures: Counter
    /// Open WebSockets.
    let connections: Gauge
    /// Streams of the engine: one for each channel of the sessions that have sent audio.
    let liveStreams: Gauge
    /// Sessions that wait for their clients, and what became of those that were to wait.
    let suspendedSessions: Gauge
    private let suspensions: Counter
    private let firstPartials: Distribution
    private let finals: Distribution

    init(_ registry: MetricsRegistry = MetricsRegistry()) {
        self.registry = registry
        requests = registry.counter(
            "gigastt_http_requests_total", "Total HTTP requests processed", labels: ["method", "path", "status"])
        requestDurations = registry.distribution(
            "gigastt_http_request_duration_seconds", "HTTP request duration in seconds", labels: ["method", "path"])
        inferenceTimeouts = registry.counter(
            "gigastt_inference_timeouts_total",
            "Total inference runs aborted by the per-request inference timeout")
        poolTimeouts = registry.counter("gigastt_pool_timeouts_total", "Total pool checkout timeouts")
        inferenceDurations = registry.distribution(
            "gigastt_inference_duration_seconds", "Inference duration in seconds")
        rateLimitRejections = registry.counter(
            "gigastt_rate_limit_rejections_total", "Total requests rejected by rate limiter")
        originRejections = registry.counter(
            "gigastt_origin_rejections_total", "Total requests whose origin or host name is not allowed")
        authenticationFailures = registry.counter(
            "gigastt_auth_failures_total", "Total requests without a key that allows them")
        connections = registry.gauge(
            "gigastt_ws_active_connections", "Number of active WebSocket connections")
        liveStreams = registry.gauge(
            "gigastt_live_streams", "Number of channels of live sessions that have sent audio")
        suspendedSessions = registry.gauge(
            "gigastt_suspended_sessions", "Number of live sessions that wait for their clients")
        suspensions = registry.counter(
            "gigastt_suspensions_total", "Total live sessions that lost their connections, by what became of them",
            labels: ["outcome"])
        firstPartials = registry.distribution(
            "gigastt_first_partial_seconds", "From noticed speech to the first partial of the utterance, sent")
        finals = registry.distribution(
            "gigastt_endpoint_to_final_seconds", "From the decided end of an utterance to its final, sent")
        audioSeconds = registry.counter(
            "gigastt_audio_seconds_total", "Seconds of audio recognised", labels: ["source"])
        recordingSeconds = registry.distribution(
            "gigastt_recording_seconds", "Length of recordings in seconds", bounds: Histogram.lengths)
        timeFactors = registry.distribution(
            "gigastt_real_time_factor", "Seconds of recognition for each second of a recording",
            bounds: Histogram.timeFactors)
    }

    /// What became of a session that lost its connection and could be resumed.
    enum SuspensionOutcome: String, Sendable {
        /// Its client came back.
        case resumed
        /// Its client did not come back in time.
        case expired
        /// The session ended while it waited: by its length, or with the server.
        case ended
        /// There was no room for it to wait.
        case refused
    }

    func suspensionEnded(_ outcome: SuspensionOutcome) { suspensions.add(1, outcome.rawValue) }

    // MARK: Requests

    /// An admitted request got the head of its response after this time. `path` is a label of the route table.
    func answered(_ method: HTTPRequest.Method, _ path: String, status: Int, after time: Duration) {
        let method = Self.methods.contains(method) ? method.rawValue : "other"
        requests.add(1, method, path, "\(status)")
        requestDurations.record(time / .seconds(1), method, path)
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    /// A failure with this code was sent.
    func failed(code: String) {
        switch code {
        case "rate_limited": rateLimitRejections.add()
        case "unauthorized", "forbidden": authenticationFailures.add()
        case "origin_denied", "host_denied": originRejections.add()
        case "timeout": poolTimeouts.add()
        case "inference_timeout": inferenceTimeouts.add()
        default: break
        }
    }

    // MARK: Recognition

    /// A recording was recognised as a whole: `audio` seconds of it in `time`, waits for a worker included.
    func recognised(_ audio: Double, in time: Duration, source: AudioSource) {
        inferenceDurations.record(time)
        if audio > 0 { timeFactors.record(time / .seconds(1) / audio) }
        recorded(audio, source: source)
    }

    /// The recognition of a recording failed; one that ran out of time does not count (gigastt contract).
    func recognitionFailed(after time: Duration) { inferenceDurations.record(time) }

    /// A recording ended after this many seconds, however it was answered.
    func recorded(_ audio: Double, source: AudioSource) {
        recordingSeconds.record(audio)
        heard(audio, source: source)
    }

    /// The engine took this much audio.
    func heard(_ audio: Double, source: AudioSource) { audioSeconds.add(audio, source.rawValue) }

    /// A text of a live session was sent.
    func sent(_ latency: LiveLatencies.Latency) {
        switch latency {
        case .firstPartial(let duration): firstPartials.record(duration)
        case .final(let duration): finals.record(duration)
        }
    }
}

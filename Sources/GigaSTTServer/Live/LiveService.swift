import GigaSTT
import Logging

/// Runs live sessions, whatever their protocol and transport.
struct LiveService: Sendable {
    let life: ServerState
    let inForce: CurrentSettings
    let metrics: ServerMetrics
    /// Opens a stream; tests replace it.
    let open: ServerRoutes.Open
    private let admission = LiveAdmission()

    init(
        life: ServerState, inForce: CurrentSettings, metrics: ServerMetrics, open: @escaping ServerRoutes.Open
    ) {
        (self.life, self.inForce, self.metrics, self.open) = (life, inForce, metrics, open)
    }

    /// What a session that begins now keeps until its end.
    ///
    /// Throws `shutting_down` while the server stops, `initializing` while it starts.
    func start() throws(HTTPFailure) -> LiveStart {
        if life.isDraining { throw .shuttingDown }
        guard let recognizer = life.recognizer else { throw .starting }
        return LiveStart(recognizer: recognizer, settings: inForce.current)
    }

    /// Runs a session to its end.
    func run<Wire: LiveProtocol>(
        _ wire: Wire, over transport: some LiveTransport, from start: LiveStart, for client: RequestClient,
        logger: Logger
    ) async {
        let begin = ContinuousClock.now
        logger.debug("live session started", metadata: ["protocol": "\(Wire.name)"])
        let session = LiveSession(
            wire, over: transport, settings: start.session, waitLimit: start.settings.workerWait, metrics: metrics
        ) { request, waitLimit in
            let options = request.liveOptions(start.settings, start.recognizer.capabilities)
            return try await admission.admit(within: waitLimit) { try open(start.recognizer, options) }
        }
        let end = await session.run()
        var facts = session.conversation.summary(after: begin.duration(to: .now))
        facts["protocol"] = "\(Wire.name)"
        facts["reason"] = "\(end.reason)"
        if let code = end.close?.code { facts["close"] = .stringConvertible(Int(code)) }
        facts.add(client)
        logger.info("live session ended", metadata: facts)
    }
}

/// The model and the settings of a live session; they stay until its end.
struct LiveStart: Sendable {
    let recognizer: Recognizer
    let settings: ServerSettings

    var session: SessionSettings { settings.session }
}

extension LiveConversation {
    /// Lengths and counts for the log.
    fileprivate func summary(after time: Duration) -> Logger.Metadata {
        let latencies = latencies
        return [
            "seconds": .stringConvertible((time / .milliseconds(1)).rounded() / 1_000),
            "audio_seconds": .stringConvertible((audioSeconds * 1_000).rounded() / 1_000),
            "utterances": .stringConvertible(latencies.utteranceCount),
            "words": .stringConvertible(latencies.wordCount),
        ]
    }
}

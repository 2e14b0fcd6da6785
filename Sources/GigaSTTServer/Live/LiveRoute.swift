import GigaSTT
import Hummingbird
import Logging
import NIOCore

/// `GET /v1/ws`: from a request to a live session.
struct LiveRoute: Sendable {
    let life: ServerState
    let inForce: CurrentSettings
    let metrics: ServerMetrics
    /// Opens a stream; tests replace it.
    let open: @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition
    private let admission = LiveAdmission()

    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let key = try WebSocketUpgrade.acceptKey(request.head)
        if life.isDraining { throw HTTPFailure.shuttingDown }
        guard let recognizer = life.recognizer else { throw HTTPFailure.starting }
        let offered = WebSocketUpgrade.offeredProtocols(request.headers)
        let current = inForce.current
        let settings = current.session
        let (client, logger) = (context.client, context.logger)
        return WebSocketUpgrade.response(
            acceptKey: key, offered: offered, on: context.channel, settings: settings
        ) { connection in
            let start = ContinuousClock.now
            logger.debug("live session started")
            let session = LiveSession(
                GigaProtocol(settings: settings, model: recognizer.modelIdentifier), over: connection,
                settings: settings, waitLimit: current.workerWait, metrics: metrics
            ) { request, waitLimit in
                let options = request.liveOptions(current, recognizer.capabilities)
                return try await admission.admit(within: waitLimit) { try open(recognizer, options) }
            }
            let end = await session.run()
            var facts = session.conversation.summary(after: start.duration(to: .now))
            facts["reason"] = "\(end.reason)"
            if let code = end.close?.code { facts["close"] = .stringConvertible(Int(code)) }
            facts.add(client)
            logger.info("live session ended", metadata: facts)
        }
    }
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

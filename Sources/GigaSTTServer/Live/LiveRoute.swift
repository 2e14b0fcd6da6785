import GigaSTT
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// `GET /v1/ws`: from a request to a live session.
struct LiveRoute: Sendable {
    let life: ServerState
    let inForce: CurrentSettings
    let metrics: ServerMetrics
    /// Opens a stream; a seam for tests.
    let open: @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition

    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let key = try WebSocketUpgrade.acceptKey(request.head)
        if life.isDraining { throw HTTPFailure.shuttingDown }
        guard let recognizer = life.recognizer else { throw HTTPFailure.starting }
        let offered = WebSocketUpgrade.offeredProtocols(request.headers)
        let current = inForce.current
        let settings = current.session
        let decodeLimit = current.inferenceTimeout > .zero ? current.inferenceTimeout : nil
        let (client, logger) = (context.client, context.logger)
        return WebSocketUpgrade.response(
            acceptKey: key, offered: offered, on: context.channel, settings: settings
        ) { connection in
            let start = ContinuousClock.now
            logger.debug("a live session began")
            let session = LiveSession(
                connection, settings: settings, model: recognizer.modelIdentifier, metrics: metrics
            ) {
                var options = $0
                options.decodeLimit = decodeLimit
                return try open(recognizer, options)
            }
            let ending = await session.run()
            logger.info(
                "live session", metadata: session.facts(ending, after: start.duration(to: .now), client: client))
        }
    }
}

extension LiveSession {
    /// What the log says of a session that has ended: how long it was and how much there was of everything.
    fileprivate func facts(_ ending: SessionEnding, after time: Duration, client: RequestClient) -> Logger.Metadata {
        let (measures, samples) = state.withLock { ($0.measures, $0.fedSampleCount) }
        var facts: Logger.Metadata = [
            "seconds": .stringConvertible((time / .milliseconds(1)).rounded() / 1_000),
            "audio_seconds": .stringConvertible((Double(samples) / 16).rounded() / 1_000),
            "utterances": .stringConvertible(measures.utteranceCount),
            "words": .stringConvertible(measures.wordCount), "reason": "\(ending.reason)",
        ]
        if let code = ending.close?.code { facts["close"] = .stringConvertible(Int(code)) }
        facts.add(client)
        return facts
    }
}

extension SessionEnding {
    /// Why a session ended, in words of ours; what a client writes into its close frame is not repeated.
    fileprivate var reason: String {
        guard let close else { return "client left" }
        if !close.reason.isEmpty { return close.reason }
        return close == WebSocketClose(.normal, "") ? "stop" : "client closed"
    }
}

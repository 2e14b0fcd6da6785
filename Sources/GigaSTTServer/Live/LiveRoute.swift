import GigaSTT
import Hummingbird
import Logging
import Synchronization

/// `GET /v1/ws`: from a request to a live session.
struct LiveRoute: Sendable {
    let life: ServerLife
    let inForce: SettingsInForce
    /// Opens a stream; a seam for tests.
    let open: @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition

    func answer(_ request: Request, _ context: ConnectionContext, _ logger: Logger) async throws -> Response {
        let key = try WebSocketUpgrade.acceptKey(request.head)
        if life.isDraining { throw HTTPFailure.shuttingDown }
        guard let recognizer = life.recognizer else { throw HTTPFailure.starting }
        let offered = WebSocketUpgrade.offeredProtocols(request.headers)
        let current = inForce.current
        let settings = current.session
        let decodeLimit = current.inferenceTimeout > .zero ? current.inferenceTimeout : nil
        return WebSocketUpgrade.response(
            acceptKey: key, offered: offered, on: context.channel, settings: settings
        ) { connection in
            let clock = ContinuousClock.now
            logger.info("a live session began")
            let session = LiveSession(connection, settings: settings, model: recognizer.head.modelIdentifier) {
                var options = $0
                options.decodeLimit = decodeLimit
                return try open(recognizer, options)
            }
            await session.run()
            let seconds = Int(clock.duration(to: .now) / .seconds(1))
            logger.info(
                "a live session ended",
                metadata: ["close": "\(session.closeCode.map(String.init) ?? "none")", "seconds": "\(seconds)"])
        }
    }
}

extension LiveSession {
    /// The code with which the session ended; `nil` when the client just left.
    fileprivate var closeCode: UInt16? { state.withLock { $0.ending }?.close?.code }
}

public import GigaSTT
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// A server of live sessions and recordings on one port.
///
/// `run` opens the port at once, so that probes get an answer while the model loads, and returns when the server has
/// drained after `drain`, SIGTERM or SIGINT.
public final class Server: Sendable {
    private let settings: ServerSettings
    private let life: ServerLife
    /// The recordings under way.
    let slots: UploadSlots
    private let services: ServiceGroup

    /// Prepares a server; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - handlesSignals: whether SIGTERM and SIGINT end it.
    ///   - load: makes the recognizer; called once, while the port is open already.
    ///   - onListening: called once with the port when it is open.
    ///   - onReady: called once, when the port is open and the model is loaded.
    ///
    /// Throws `ServerError` with code `bindRefused`.
    public convenience init(
        _ settings: ServerSettings, handlesSignals: Bool = true, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in },
        onReady: @escaping @Sendable (ServerAddress) -> Void = { _ in },
        load: @escaping @Sendable () async throws -> Recognizer
    ) throws(ServerError) {
        try self.init(
            settings, handlesSignals: handlesSignals, logger: logger, onListening: onListening, onReady: onReady,
            load: load, open: { try $0.liveStream(options: $1) })
    }

    init(
        _ wanted: ServerSettings, handlesSignals: Bool, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void, onReady: @escaping @Sendable (ServerAddress) -> Void,
        load: @escaping @Sendable () async throws -> Recognizer,
        open: @escaping @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition
    ) throws(ServerError) {
        let (settings, warnings) = wanted.adjusted(openFiles: OpenFileLimit.raise())
        for warning in warnings { logger.warning("\(warning)") }
        try BindPolicy.check(settings.host, consent: settings.bindAll)
        if !BindPolicy.isLoopback(settings.host) {
            logger.warning(
                "\(settings.host) is reachable from other machines, without a password and without encryption")
        }
        let life = ServerLife(host: settings.host, onListening: onListening, onReady: onReady)
        self.settings = settings
        self.life = life
        slots = UploadSlots(settings.uploadLimit)
        let application = Self.application(settings, life, Self.routes(settings, life, slots, open), logger)
        var configuration = ServiceGroupConfiguration(
            // Stopped in reverse: first nothing new is taken, then connections end, then the model is let go of.
            services: [ModelService(life: life, load: load), application, life], logger: Self.quiet(logger))
        configuration.gracefulShutdownSignals = handlesSignals ? [.sigterm, .sigint] : []
        configuration.maximumGracefulShutdownDuration = settings.drain
        services = ServiceGroup(configuration: configuration)
    }

    /// Serves until it is told to stop. Sessions still open when the drain time is over are cut off.
    ///
    /// Throws what `load` throws, and `ServerError` with code `addressUnusable`.
    public func run() async throws {
        do {
            try await services.run()
        } catch is CancellationError where life.isDraining {
            // The drain time was over.
        } catch let error as IOError {
            throw ServerError(
                .addressUnusable,
                "Cannot listen on \(settings.host):\(settings.port): \(error.localizedReason). "
                    + "Choose another address or port, or end the program that uses it.")
        }
    }

    /// Takes nothing new, lets every session say its last words, and ends `run`. Returns at once.
    public func drain() async { await services.triggerGracefulShutdown() }

    private static func application(
        _ settings: ServerSettings, _ life: ServerLife, _ routes: RouteTable<ServerResponder.Endpoint>,
        _ logger: Logger
    ) -> some Service {
        Application(
            responder: ServerResponder(origins: settings.origins, life: life, logger: logger, routes: routes),
            server: .http1WithWebSocket(settings),
            configuration: ApplicationConfiguration(
                address: .hostname(BindPolicy.literal(settings.host), port: settings.port), backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionLimit)),
            onServerRunning: { channel in
                // Without this a failure to accept, such as too many open files, would end the server.
                try? await channel.eventLoop.submit {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptBackoffHandler(shouldForwardIOErrorCaught: false), position: .first)
                }.get()
                if let port = channel.localAddress?.port { life.note(port: port) }
            },
            logger: quiet(logger))
    }

    private static func routes(
        _ settings: ServerSettings, _ life: ServerLife, _ slots: UploadSlots,
        _ open: @escaping @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition
    ) -> RouteTable<ServerResponder.Endpoint> {
        let status = StatusRoutes(life: life, version: settings.version)
        let live = LiveRoute(life: life, settings: settings.session, open: open)
        var routes = RouteTable<ServerResponder.Endpoint>()
        routes.add(.get, "/health", answersOptions: false) { _, _, _ in status.health }
        routes.add(.get, "/ready", answersOptions: false) { _, _, _ in status.ready }
        routes.add(.get, "/v1/models") { _, _, _ in try status.models() }
        let recordings = TranscribeRoute(life: life, settings: settings, slots: slots)
        routes.add(.post, "/v1/transcribe") { request, context, _ in try await recordings.answer(request, context) }
        routes.add(.post, "/v1/transcribe/stream") { request, context, _ in
            try await recordings.events(request, context)
        }
        routes.add(.get, "/v1/ws") { try await live.answer($0, $1, $2) }
        return routes
    }

    /// The frameworks tell more than an operator wants to know.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

/// Loads the model while the port is open already, and lets go of it when everything else has ended.
private struct ModelService: Service {
    let life: ServerLife
    let load: @Sendable () async throws -> Recognizer

    func run() async throws {
        let load = load
        do {
            let recognizer = try await cancelWhenGracefulShutdown { try await load() }
            life.note(recognizer)
            try? await gracefulShutdown()
            await recognizer.shutDown()
        } catch is CancellationError where life.isDraining {
            // Told to stop before it had begun.
        }
    }
}

extension IOError {
    /// What the system said, without the name of its function.
    fileprivate var localizedReason: String {
        String(describing: self).split(separator: ":", maxSplits: 1).last.map { String($0.drop { $0 == " " }) } ?? ""
    }
}

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
    /// Who gets in.
    let entrance: Entrance
    private let services: ServiceGroup
    private let reloads: ReloadList

    /// Prepares a server; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - handlesSignals: whether SIGTERM and SIGINT end it, and SIGHUP makes it read its files again.
    ///   - reread: the settings as they would be if the server started now; its limits are taken over on SIGHUP. Without
    ///     it there is nothing to read again.
    ///   - load: makes the recognizer; called while the port is open already, and for each reload of the model.
    ///   - onListening: called once with the port when it is open.
    ///   - onReady: called once, when the port is open and the model is loaded.
    ///
    /// Throws `ServerError` with code `bindRefused`, `settingInvalid` or `fileUnusable`.
    public convenience init(
        _ settings: ServerSettings, handlesSignals: Bool = true, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in },
        onReady: @escaping @Sendable (ServerAddress) -> Void = { _ in },
        reread: (@Sendable () throws -> ServerSettings)? = nil,
        load: @escaping @Sendable () async throws -> Recognizer
    ) throws(ServerError) {
        try self.init(
            settings, handlesSignals: handlesSignals, logger: logger, onListening: onListening, onReady: onReady,
            reread: reread, load: load, open: { try $0.liveStream(options: $1) })
    }

    init(
        _ wanted: ServerSettings, handlesSignals: Bool, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void, onReady: @escaping @Sendable (ServerAddress) -> Void,
        reread: (@Sendable () throws -> ServerSettings)? = nil,
        load: @escaping @Sendable () async throws -> Recognizer,
        open: @escaping @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition
    ) throws(ServerError) {
        let (settings, warnings) = wanted.adjusted()
        for warning in warnings { logger.warning("\(warning)") }
        try BindPolicy.check(settings.host, consent: settings.bindAll)
        if let warning = BindPolicy.warning(settings) { logger.warning("\(warning)") }
        let entrance = try Entrance(settings, logger)
        let life = ServerLife(
            host: settings.host, scheme: settings.scheme, onListening: onListening, onReady: onReady)
        self.settings = settings
        self.life = life
        self.entrance = entrance
        slots = UploadSlots(settings.uploadLimit)
        let inForce = SettingsInForce(settings)
        let limits = reread.map { [inForce.reload(from: $0, rate: entrance.rate, logger)] } ?? []
        reloads = ReloadList(entrance.reloads(settings, logger) + limits, logger: logger)
        let admin = ReloadRoute(
            life: life, access: entrance.access,
            reload: ModelReload(life: life, drainLimit: settings.reloadDrain, load: load))
        let routes = Self.routes(inForce, life, slots, admin, open)
        let application = Self.application(inForce, life, entrance, routes, logger)
        // Stopped in reverse: first nothing new is taken, then connections end, then the model is let go of. SIGHUP
        // is caught to the end: without that it would kill a server that drains.
        let signals: [any Service] = handlesSignals ? [HangupService(list: reloads)] : []
        var configuration = ServiceGroupConfiguration(
            services: signals + [
                ModelService(life: life, load: load), application, LameDuckService(time: settings.lameDuck), life,
            ], logger: Self.quiet(logger))
        configuration.gracefulShutdownSignals = handlesSignals ? [.sigterm, .sigint] : []
        configuration.maximumGracefulShutdownDuration = settings.lameDuck + settings.drain
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

    /// Reads again what SIGHUP reads again; sessions are not disturbed.
    func reload() async { await reloads.run() }

    private static func application(
        _ inForce: SettingsInForce, _ life: ServerLife, _ entrance: Entrance,
        _ routes: RouteTable<ServerResponder.Endpoint>, _ logger: Logger
    ) -> some Service {
        let settings = inForce.current
        return Application(
            responder: ServerResponder(
                origins: settings.origins, admission: entrance.admission, life: life, logger: logger, routes: routes),
            server: .http1WithWebSocket(inForce, entrance.identity),
            configuration: ApplicationConfiguration(
                address: .hostname(BindPolicy.literal(settings.host), port: settings.port), backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionLimit)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { life.note(port: port) }
            },
            logger: quiet(logger))
    }

    private static func routes(
        _ inForce: SettingsInForce, _ life: ServerLife, _ slots: UploadSlots, _ admin: ReloadRoute,
        _ open: @escaping @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition
    ) -> RouteTable<ServerResponder.Endpoint> {
        let status = StatusRoutes(life: life, version: inForce.current.version)
        let live = LiveRoute(life: life, inForce: inForce, open: open)
        var routes = RouteTable<ServerResponder.Endpoint>()
        routes.add(.get, "/health", answersOptions: false) { _, _, _ in status.health }
        routes.add(.get, "/ready", answersOptions: false) { _, _, _ in status.ready }
        let models = ModelRoutes(life: life, version: inForce.current.version)
        routes.add(.get, "/v1/models") { _, _, _ in try models.list() }
        routes.add(.get, in: "/v1/models/") { request, _, logger in await models.model(request, logger) }
        let recordings = TranscribeRoute(life: life, inForce: inForce, slots: slots)
        routes.add(.post, "/v1/transcribe") { request, context, _ in try await recordings.answer(request, context) }
        routes.add(.post, "/v1/transcribe/stream") { request, context, _ in
            try await recordings.events(request, context)
        }
        let openAI = OpenAIRoute(recordings: recordings)
        routes.add(.post, "/v1/audio/transcriptions") { await openAI.transcription($0, $1, $2) }
        routes.add(.post, "/v1/audio/translations") { _, _, logger in await openAI.translation(logger) }
        routes.add(.post, "/v1/admin/reload") { try await admin.answer($0, $1, $2) }
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

extension IOError {
    /// What the system said, without the name of its function.
    fileprivate var localizedReason: String {
        String(describing: self).split(separator: ":", maxSplits: 1).last.map { String($0.drop { $0 == " " }) } ?? ""
    }
}

public import GigaSTT
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
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
    /// What is counted.
    let metrics: ServerMetrics
    private let services: ServiceGroup
    private let reloads: ReloadList

    /// Prepares a server; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - handlesSignals: whether SIGTERM and SIGINT end it, and SIGHUP makes it read its files again.
    ///   - notifier: the service manager that is told how far it is.
    ///   - reread: the settings as they would be if the server started now; its limits are taken over on SIGHUP. Without
    ///     it there is nothing to read again.
    ///   - load: makes the recognizer; called while the port is open already, and for each reload of the model.
    ///   - onListening: called once with the port when it is open.
    ///   - onReady: called once, when the port is open and the model is loaded.
    ///
    /// Throws `ServerError` with code `bindRefused`, `settingInvalid` or `fileUnusable`.
    public convenience init(
        _ settings: ServerSettings, handlesSignals: Bool = true, logger: Logger, notifier: ServiceNotifier? = nil,
        onListening: @escaping @Sendable (Int) -> Void = { _ in },
        onReady: @escaping @Sendable (ServerAddress) -> Void = { _ in },
        reread: (@Sendable () throws -> ServerSettings)? = nil,
        load: @escaping @Sendable () async throws -> Recognizer
    ) throws(ServerError) {
        try self.init(
            settings, handlesSignals: handlesSignals, logger: logger, notifier: notifier, onListening: onListening,
            onReady: onReady, reread: reread, load: load, open: { try $0.liveStream(options: $1) })
    }

    init(
        _ wanted: ServerSettings, handlesSignals: Bool, logger: Logger, notifier: ServiceNotifier? = nil,
        onListening: @escaping @Sendable (Int) -> Void, onReady: @escaping @Sendable (ServerAddress) -> Void,
        reread: (@Sendable () throws -> ServerSettings)? = nil,
        load: @escaping @Sendable () async throws -> Recognizer, open: @escaping ServerRoutes.Open
    ) throws(ServerError) {
        let (settings, warnings) = wanted.adjusted(openFiles: OpenFileLimit.raise())
        for warning in warnings { logger.warning("\(warning)") }
        for host in [settings.metrics?.host, settings.host].compactMap(\.self) {
            try BindPolicy.check(host, consent: settings.bindAll)
        }
        if let warning = BindPolicy.warning(settings) { logger.warning("\(warning)") }
        let entrance = try Entrance(settings, logger)
        let life = ServerLife(settings, notifier: notifier, onListening: onListening, onReady: onReady)
        let (metrics, inForce) = (ServerMetrics(), SettingsInForce(settings))
        metrics.sample(life, version: settings.version)
        self.settings = settings
        self.life = life
        self.entrance = entrance
        self.metrics = metrics
        slots = UploadSlots(settings.uploadLimit)
        let limits = reread.map { [inForce.reload(from: $0, rate: entrance.rate, logger)] } ?? []
        reloads = ReloadList(entrance.reloads(settings, logger) + limits, notifier: notifier, logger: logger)
        let routes = ServerRoutes(
            life: life, inForce: inForce, slots: slots, metrics: metrics, access: entrance.access, load: load,
            open: open)
        let responder = ServerResponder(
            origins: settings.origins, admission: entrance.admission, life: life, logger: logger, metrics: metrics,
            routes: routes.table)
        // Stopped in reverse: first nothing new is taken, then connections end, then the model is let go of. Until
        // then the drain can be watched, and SIGHUP is caught: without that it would kill a server that drains.
        let signals: [any Service] = handlesSignals ? [HangupService(list: reloads)] : []
        let watchers = Self.watchers(settings, life, metrics, entrance.access, notifier, logger)
        var configuration = ServiceGroupConfiguration(
            services: signals + watchers + [
                ModelService(life: life, load: load),
                Self.application(inForce, life, entrance.identity, responder, logger),
                LameDuckService(time: settings.lameDuck), life,
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
        _ inForce: SettingsInForce, _ life: ServerLife, _ identity: TLSIdentity?, _ responder: ServerResponder,
        _ logger: Logger
    ) -> some Service {
        let settings = inForce.current
        return Application(
            responder: responder, server: .http1(inForce, identity),
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

    /// Those who watch the others: the port of the metrics and the watchdog, where they are wanted.
    private static func watchers(
        _ settings: ServerSettings, _ life: ServerLife, _ metrics: ServerMetrics, _ access: AccessGate,
        _ notifier: ServiceNotifier?, _ logger: Logger
    ) -> [any Service] {
        var services: [any Service] = []
        if let notifier, let timeout = notifier.watchdogTimeout {
            let loops = MultiThreadedEventLoopGroup.singleton.makeIterator().map { $0 as any EventLoop }
            services.append(Watchdog(notifier: notifier, timeout: timeout, loops: loops))
        }
        if let address = settings.metrics {
            services.append(
                MetricsListener(
                    address: address, responder: MetricsResponder(registry: metrics.registry, access: access),
                    logger: quiet(logger), onListening: { life.note(metricsPort: $0) }))
        }
        return services
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
    var localizedReason: String {
        String(describing: self).split(separator: ":", maxSplits: 1).last.map { String($0.drop { $0 == " " }) } ?? ""
    }
}

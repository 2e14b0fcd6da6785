import CoreMetrics
import Foundation
public import GigaSTT
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import STTInference
import ServiceLifecycle
import UnixSignals

/// A server of live sessions and recordings on one port.
///
/// `run` opens the port at once, so that probes get an answer while the model loads, and returns when the server has
/// drained after `drainTimeout`, SIGTERM or SIGINT.
public final class Server: Sendable {
    private let settings: ServerSettings
    private let jobs: Jobs?
    private let logger: Logger
    private let life: ServerState
    /// What is held at the same time.
    let budget: Budget
    /// Keys, rate limit, certificate.
    let access: AccessControl
    /// What is counted.
    let metrics: ServerMetrics
    private let services: ServiceGroup
    private let reloads: ReloadCoordinator

    /// Prepares a server; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - handlesSignals: whether SIGTERM and SIGINT end it, and SIGHUP makes it reload its files.
    ///   - notifier: the service manager to report state to.
    ///   - reread: the settings as they would be if the server started now; SIGHUP replaces the current limits by theirs.
    ///     Without it limits are not reloaded.
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
        let (settings, warnings) = wanted.clamped(openFiles: OpenFileLimit.raise())
        for warning in warnings { logger.warning("\(warning)") }
        try settings.check()
        for warning in BindPolicy.warnings(settings) { logger.warning("\(warning)") }
        let access = try AccessControl(settings, logger)
        let voices = try Voices(settings.voices, logger)
        let (metrics, inForce) = (ServerMetrics(), CurrentSettings(settings))
        let budget = Budget(settings.budget)
        let jobs =
            settings.jobs.isEnabled
            ? try Jobs(settings.jobs, makesDeliveries: settings.webhook != nil, logger) : nil
        let sender = try jobs.flatMap { (jobs) throws(ServerError) in
            try WebhookSender(settings.webhook, jobs, metrics, logger)
        }
        let life = ServerState(settings, notifier: notifier, onListening: onListening) { address in
            jobs?.wakeUp()
            onReady(address)
        }
        let jobMetrics = jobs.map { JobMetrics(metrics, $0) }
        metrics.sample(life, budget, version: settings.version)
        self.settings = settings
        self.jobs = jobs
        self.logger = logger
        self.life = life
        self.access = access
        self.metrics = metrics
        self.budget = budget
        let limits = reread.map { [inForce.reload(from: $0, limiter: access.limiter, budget: budget, logger)] } ?? []
        reloads = ReloadCoordinator(
            access.reloads(settings, logger) + limits, notifier: notifier,
            isReady: { life.recognizer != nil && !life.isDraining }, logger: logger)
        let reports = sender.map { CallReports(store: $0.jobs.deliveries, logger: logger) }
        let calls = Calls(settings.calls, reports: reports)
        let live = LiveService(
            life: life, inForce: inForce, budget: budget, metrics: metrics, calls: calls, voices: voices, open: open)
        var routes = ServerRoutes(
            life: life, inForce: inForce, budget: budget, metrics: metrics, access: access.authenticator, load: load,
            live: live, ephemeralKeys: access.ephemeralKeys)
        routes.voices = voices
        var workers: [any Service] = []
        if let jobs, let jobMetrics {
            routes.jobs = JobRoutes(jobs: jobs, life: life, metrics: jobMetrics, access: access.authenticator)
            workers = [
                JobRunner(
                    jobs: jobs, life: life, inForce: inForce, metrics: jobMetrics, voices: voices, logger: logger)
            ]
        }
        let chain = RequestChain(
            routes: routes.table, hosts: HostPolicy(settings, boundTo: settings.host), origins: settings.allOrigins,
            access: access, life: life, metrics: metrics, logger: logger)
        // Shutdown order (reverse): stop admitting, close connections, unload the model. The metrics are served until
        // then, and SIGHUP is caught: by default it would kill a server that drains.
        let signals: [any Service] = handlesSignals ? [SIGHUPService(coordinator: reloads)] : []
        let observers = Self.observers(inForce, chain, notifier)
        // What ends meanwhile is reported, too; a slow receiver delays nothing else.
        var all: [any Service] = [sender].compactMap { $0 } + signals + observers
        all += [ModelService(life: life, load: load), Self.application(inForce, chain)] as [any Service]
        all += Self.protocolListeners(inForce, chain, live)
        all += [LameDuckService(duration: settings.lameDuck)] as [any Service]
        all += workers
        all.append(ExpiryService(removeExpired: { live.resumableSessions.removeExpired() }))
        if settings.servesCalls { all.append(ExpiryService(removeExpired: { calls.removeExpired() })) }
        all += [BudgetService(budget: budget), life] as [any Service]
        // Cancelled, the listeners would report their own ends beside the reason of a failed start.
        let managed = all.map { service in
            ServiceGroupConfiguration.ServiceConfiguration(
                service: service,
                failureTerminationBehavior: service is ModelService ? .gracefullyShutdownGroup : .cancelGroup)
        }
        var configuration = ServiceGroupConfiguration(services: managed, logger: Self.quiet(logger))
        configuration.gracefulShutdownSignals = handlesSignals ? [.sigterm, .sigint] : []
        configuration.maximumGracefulShutdownDuration = settings.lameDuck + settings.drainTimeout
        services = ServiceGroup(configuration: configuration)
    }

    /// Serves until it is stopped. Sessions still open when the drain time is over are closed.
    ///
    /// Throws what `load` throws, and `ServerError` with code `addressUnusable`.
    public func run() async throws {
        try await jobs?.open(logger)
        do {
            try await services.run()
        } catch is CancellationError where life.isDraining {
            // The drain time was over.
        } catch {
            guard let reason = ServerError.listeningFailure(error) else { throw error }
            throw ServerError(
                .addressUnusable,
                "Cannot listen on \(settings.host):\(settings.port): \(reason). "
                    + "Choose another address or port, or end the program that uses it.")
        }
    }

    /// Takes no new work, sends what is owed to each session, and ends `run`. Returns at once.
    public func drain() async { await services.triggerGracefulShutdown() }

    /// Makes the metrics of this server the backend of swift-metrics, so that libraries report there too. Once in a
    /// process at most.
    public func bootstrapMetricsSystem() { MetricsSystem.bootstrap(ReportedMetrics(metrics.registry)) }

    /// Reloads what SIGHUP reloads; sessions are not disturbed.
    func reload() async { await reloads.run() }

    /// The watchdog and the metrics listener, where they are enabled.
    private static func observers(
        _ inForce: CurrentSettings, _ chain: RequestChain, _ notifier: ServiceNotifier?
    ) -> [any Service] {
        var services: [any Service] = []
        if let notifier, let timeout = notifier.watchdogTimeout {
            let loops = MultiThreadedEventLoopGroup.singleton.makeIterator().map { $0 as any EventLoop }
            services.append(
                Watchdog(notifier: notifier, timeout: timeout, loops: loops) { [life = chain.life] in
                    life.recognizer?.queueStatistics.workers
                })
        }
        let settings = inForce.current
        if let address = settings.metrics {
            services.append(
                MetricsListener(
                    address: address, chain: .metrics(chain, settings, boundTo: address.host), settings: inForce,
                    logger: quiet(chain.logger)))
        }
        return services
    }

    /// Frameworks log at `warning` and above only.
    static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

extension ServerError {
    /// What keeps a server from listening, in words; `nil` for an error of another kind.
    static func listeningFailure(_ error: any Error) -> String? {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case is SocketAddressError.UnknownHost: "the name cannot be resolved"
        case let error as SocketAddressError: "\(error)"
        default: nil
        }
    }
}

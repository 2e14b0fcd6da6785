import Logging

/// Something of a running server that SIGHUP reloads.
///
/// `run` either replaces the old state as a whole or throws and leaves it as it was. Sessions keep what they began
/// with.
struct Reloadable: Sendable {
    /// What is reloaded, for the log: no path, no secret.
    let name: String
    let run: @Sendable () async throws -> Void

    init(_ name: String, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// Reloads what a server can reload, in order.
struct ReloadCoordinator: Sendable {
    private let actions: [Reloadable]
    private let notifier: ServiceNotifier?
    private let isReady: @Sendable () -> Bool
    private let logger: Logger

    /// - Parameter isReady: whether the server serves; before and after, the service manager hears nothing of reloads.
    init(
        _ actions: [Reloadable], notifier: ServiceNotifier? = nil, isReady: @escaping @Sendable () -> Bool = { true },
        logger: Logger
    ) {
        self.actions = actions
        self.notifier = notifier
        self.isReady = isReady
        self.logger = logger
    }

    /// Reloads one after another. A failure is logged, and the others are reloaded all the same.
    func run() async {
        let reports = isReady()
        if reports { notifier?.reloading() }
        defer { if reports, isReady() { notifier?.ready() } }
        if actions.isEmpty { logger.info("nothing to reload") }
        for action in actions {
            var logger = logger
            logger[metadataKey: "item"] = "\(action.name)"
            do {
                try await action.run()
                logger.notice("reloaded")
            } catch let error as ServerError {
                logger.error("reload failed; keeping previous value", metadata: ["error": "\(error)"])
            } catch {
                // Errors of the system name paths.
                logger.error(
                    "reload failed; keeping previous value", metadata: ["error": "\(type(of: error))"])
            }
        }
    }
}

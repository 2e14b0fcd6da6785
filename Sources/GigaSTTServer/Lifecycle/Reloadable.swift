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
    private let logger: Logger

    init(_ actions: [Reloadable], notifier: ServiceNotifier? = nil, logger: Logger) {
        self.actions = actions
        self.notifier = notifier
        self.logger = logger
    }

    /// Reloads one after another. A failure is logged, and the others are reloaded all the same.
    func run() async {
        notifier?.reloading()
        defer { notifier?.ready() }
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

import Logging

/// One thing of a running server that SIGHUP makes it read again.
///
/// `run` either replaces the old state as a whole or throws and leaves it as it was. Sessions go on with what they
/// began with.
struct ReloadAction: Sendable {
    /// What is read again, for the log: no path, no secret.
    let name: String
    let run: @Sendable () async throws -> Void

    init(_ name: String, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// What a server reads again, in this order.
struct ReloadList: Sendable {
    private let actions: [ReloadAction]
    private let notifier: ServiceNotifier?
    private let logger: Logger

    init(_ actions: [ReloadAction], notifier: ServiceNotifier? = nil, logger: Logger) {
        self.actions = actions
        self.notifier = notifier
        self.logger = logger
    }

    /// Runs one action after another. One that fails is logged, and the others run all the same.
    func run() async {
        notifier?.reloading()
        defer { notifier?.ready() }
        if actions.isEmpty { logger.info("there is nothing to read again") }
        for action in actions {
            var logger = logger
            logger[metadataKey: "what"] = "\(action.name)"
            do {
                try await action.run()
                logger.notice("read again")
            } catch let error as ServerError {
                logger.error("not read again; what was read before stays", metadata: ["error": "\(error)"])
            } catch {
                // Errors of the system name paths.
                logger.error(
                    "not read again; what was read before stays", metadata: ["error": "\(type(of: error))"])
            }
        }
    }
}

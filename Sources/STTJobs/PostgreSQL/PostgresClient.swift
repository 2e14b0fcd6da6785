/// Performs statements one after the other on one connection, which is opened when it is needed.
actor PostgresClient {
    private let library: PostgresLibrary
    private let address: String
    /// Statements that may wait.
    private let limit: Int
    /// Performed on each new connection, before anything else.
    private let prepare: @Sendable (PostgresConnection) async throws -> Void

    private var connection: PostgresConnection?
    private var schedule = ReconnectSchedule()
    private var lastFailure = PostgresFailure(kind: .disconnected)
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(
        _ library: PostgresLibrary, _ address: String, limit: Int = 1_000,
        prepare: @escaping @Sendable (PostgresConnection) async throws -> Void
    ) {
        self.library = library
        self.address = address
        self.limit = limit
        self.prepare = prepare
    }

    /// Performs a statement as a transaction of its own, after those that wait already.
    ///
    /// Throws `JobStoreError`; `CancellationError` when the task was cancelled before the statement was sent.
    func perform(_ statement: String, _ parameters: [PostgresValue] = []) async throws -> [PostgresRow] {
        try Task.checkCancellation()
        do {
            try await begin()
            defer { end() }
            try Task.checkCancellation()
            let connection = try await opened()
            do {
                return try await connection.perform(statement, parameters)
            } catch let failure as PostgresFailure {
                if failure.endsConnection { self.connection = nil }
                throw failure
            }
        } catch let failure as PostgresFailure {
            throw JobStoreError(failure)
        }
    }

    // MARK: Turns

    private func begin() async throws(PostgresFailure) {
        guard isBusy else {
            isBusy = true
            return
        }
        guard waiting.count < limit else {
            throw PostgresFailure(kind: .overloaded, detail: "\(limit) statements wait")
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func end() {
        if waiting.isEmpty {
            isBusy = false
        } else {
            waiting.removeFirst().resume()
        }
    }

    // MARK: The connection

    private func opened() async throws -> PostgresConnection {
        // A server that was restarted has closed it; nothing was sent on it yet.
        if let connection, connection.isOpen { return connection }
        connection = nil
        guard schedule.allowsAttempt(at: .now) else { throw lastFailure }
        do {
            let opened = try await PostgresConnection.open(library, address)
            try await prepare(opened)
            schedule.succeed()
            connection = opened
            return opened
        } catch {
            if let failure = error as? PostgresFailure { lastFailure = failure }
            schedule.fail(at: .now)
            throw error
        }
    }
}

import Foundation

/// Jobs in a PostgreSQL database, for any number of servers at the same time.
///
/// A connection performs the statements one after the other, another one listens. What is reported as stored is
/// committed. Leases end by the clock of the database, so that the clocks of the servers may differ.
package final class PostgresJobStore: JobStore {
    /// Of the notifications: without a payload a job waits, with one it has ended before its time.
    static let channel = "gigastt_jobs"

    let client: PostgresClient
    let library: PostgresLibrary
    let address: String
    /// This process among those that use the database: a job that may end a process runs alone in it.
    let worker = UUID().uuidString
    let deliveryLimit: Int
    /// The clock by which the caller states times, in seconds since 1970.
    let clock: @Sendable () -> Double

    /// A store at an address of PostgreSQL. The connection is made at the first use.
    ///
    /// - Parameters:
    ///   - address: `postgres://…`, as libpq reads it.
    ///   - makesDeliveries: whether each end of a job makes a delivery.
    ///   - deliveryLimit: deliveries that are kept; the oldest are dropped for newer ones.
    ///
    /// Throws `JobStoreError` with code `unusable`.
    package convenience init(
        _ address: String, makesDeliveries: Bool = false, deliveryLimit: Int = 100_000
    ) throws(JobStoreError) {
        try self.init(
            address, makesDeliveries: makesDeliveries, deliveryLimit: deliveryLimit, schema: PostgresSchema())
    }

    /// A store with a schema of another version, another bound of the statements that wait, or another clock.
    init(
        _ address: String, makesDeliveries: Bool = false, deliveryLimit: Int = 100_000, schema: PostgresSchema,
        waitingLimit: Int = 1_000, clock: @escaping @Sendable () -> Double = { Date.now.timeIntervalSince1970 }
    ) throws(JobStoreError) {
        do {
            library = try PostgresLibrary.load()
            try library.check(address)
        } catch {
            throw JobStoreError(error)
        }
        self.address = address
        self.clock = clock
        self.deliveryLimit = deliveryLimit
        let limit = makesDeliveries ? deliveryLimit : 0
        client = PostgresClient(library, address, limit: waitingLimit) { connection in
            _ = try await connection.perform(PostgresSchema.session, [PostgresValue("\(limit)")])
            try await schema.migrate(connection)
        }
    }

    package var isShared: Bool { true }

    package func open() async throws { _ = try await client.perform("SELECT 1") }

    func rows(_ statement: String, _ parameters: [PostgresValue] = []) async throws -> [PostgresRow] {
        try await client.perform(statement, parameters)
    }

    /// Decodes rows.
    func decoding<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let failure as PostgresFailure {
            throw JobStoreError(failure)
        }
    }

    func jobs(_ statement: String, _ parameters: [PostgresValue]) async throws -> [Job] {
        let rows = try await rows(statement, parameters)
        return try decoding { try rows.map(Job.init) }
    }

    /// Whether a statement that returns the rows it changed has changed one.
    func changes(_ statement: String, _ parameters: [PostgresValue]) async throws -> Bool {
        try await !rows(statement, parameters).isEmpty
    }

    /// Performs a change of a worker that may be performed again, also while the database restarts: work that is done is not
    /// lost to a short outage. Bounded by the shortest lease that is sensible, not by the lease: the fence is in the
    /// statement.
    ///
    /// - Parameter isDone: whether the change was performed, asked when that is not known.
    func retrying(_ change: () async throws -> Bool, isDone: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        var wasSent = false
        while true {
            do {
                if wasSent, try await isDone() { return true }
                wasSent = true
                return try await change()
            } catch let error as JobStoreError where error.code == .failed && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    // MARK: Notifications

    /// Announces that a job waits. In the transaction that stores it, the lock of the queue of notifications would be held
    /// until the disk has it, so that the submissions of all servers would follow each other. One that is lost is made up for
    /// by the poll.
    func announce() async { _ = try? await rows("SELECT pg_notify('\(Self.channel)', '')") }

    package func report(to receiver: @escaping @Sendable (JobAnnouncement) -> Void) async {
        var delay = Duration.seconds(1)
        while !Task.isCancelled {
            do {
                let connection = try await PostgresConnection.open(library, address)
                _ = try await connection.perform("LISTEN \(Self.channel)")
                delay = .seconds(1)
                // What was announced meanwhile is lost.
                receiver(.waiting)
                try await listen(on: connection, receiver)
            } catch {
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(30))
            }
        }
    }

    private func listen(
        on connection: PostgresConnection, _ receiver: @Sendable (JobAnnouncement) -> Void
    ) async throws {
        while !Task.isCancelled {
            for payload in try await connection.notifications(within: .seconds(1)) {
                receiver(payload.isEmpty ? .waiting : .ended(payload))
            }
        }
    }
}

extension Job {
    /// The columns of a job. None is read that is not named, so that a newer version may add some.
    static let columns = [
        "id", "owner", "state", "priority", "query", "audio", "is_reference", "byte_count", "created_at", "updated_at",
        "attempt", "death_count", "version", "duration", "processed", "failure",
    ]

    /// The columns in SQL, of the table with a name.
    static func columns(of table: String) -> String { columns.map { "\(table).\($0)" }.joined(separator: ", ") }

    /// A row of the table of jobs.
    init(_ row: PostgresRow) throws {
        let audio: String = try row.value("audio")
        guard let state = JobState(rawValue: try row.value("state")),
            let priority = JobPriority(rawValue: try row.value("priority"))
        else { throw PostgresFailure(kind: .undecodable, detail: "a state or a priority") }
        self.init(
            id: try row.value("id"), owner: try row.optional("owner"), state: state, priority: priority,
            query: try row.value("query"), audio: try row.isTrue("is_reference") ? .reference(audio) : .stored(audio),
            byteCount: try row.value("byte_count"), createdAt: try row.value("created_at"),
            updatedAt: try row.value("updated_at"), attempt: try row.value("attempt"),
            deathCount: try row.value("death_count"), version: try row.value("version"),
            duration: try row.optional("duration"), processed: try row.value("processed"),
            failure: try row.optional("failure"))
    }
}

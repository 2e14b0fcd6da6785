package import Foundation
import GRDB
import Synchronization

/// Jobs in an SQLite database in a folder, for one process at a time.
///
/// What is reported as stored is on the disk (WAL with `synchronous = FULL`); what is removed is overwritten. Statements
/// run on queues of the database, never on the cooperative pool.
package final class SQLiteJobStore: JobStore {
    /// The name of the database in its folder.
    package static let fileName = "jobs.sqlite"

    let pool: DatabasePool
    let deliveryLimit: Int
    /// Whether the write-ahead log may hold what was removed from the database.
    let holdsRemoved = Mutex(false)

    /// Opens the database in a folder, which is made when there is none. Blocks.
    ///
    /// - Parameters:
    ///   - makesDeliveries: whether each end of a job makes a delivery.
    ///   - deliveryLimit: deliveries that are kept; the oldest are dropped for newer ones.
    ///
    /// Throws `JobStoreError`: `unusable`, `newerSchema`, `damaged`, `full`.
    package init(in folder: URL, makesDeliveries: Bool = false, deliveryLimit: Int = 100_000) throws {
        self.deliveryLimit = deliveryLimit
        var configuration = Configuration()
        configuration.label = "gigastt.jobs"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA secure_delete = ON") }
        do {
            pool = try DatabasePool(
                path: folder.appendingPathComponent(Self.fileName).path, configuration: configuration)
            // The pool sets it to NORMAL, with which a power cut can take back what was acknowledged.
            try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            try JobSchema.migrate(pool)
            if makesDeliveries { try makeDeliveries() }
        } catch let error as DatabaseError {
            throw JobStoreError(error)
        }
    }

    package var isShared: Bool { false }

    package func open() async throws {}

    package func report(to receiver: @escaping @Sendable (JobAnnouncement) -> Void) async {}

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await JobStoreError.translating { try await pool.write(body) }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await JobStoreError.translating { try await pool.read(body) }
    }
}

import GRDB

extension SQLiteJobStore: DeliveryStore {
    /// From now on, each end of a job makes a delivery; the oldest are dropped beyond the limit.
    func makeDeliveries() throws {
        // On the only connection that writes, for as long as it is open: a server without a receiver makes none.
        try pool.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    CREATE TEMP TRIGGER job_end AFTER UPDATE OF state ON main.job
                    WHEN NEW.state NOT IN \(JobState.openList) AND OLD.state IN \(JobState.openList)
                    BEGIN
                        INSERT INTO delivery (id, job, owner, state, created_at, ended_at, processed, failure, next_at)
                        VALUES (NEW.id || '_' || NEW.state, NEW.id, NEW.owner, NEW.state, NEW.created_at,
                            NEW.updated_at, NEW.processed, NEW.failure, NEW.updated_at);
                        \(Self.dropOldest) \(deliveryLimit);
                    END
                    """)
        }
    }

    /// To be followed by the limit.
    private static let dropOldest = "DELETE FROM delivery WHERE number <= (SELECT max(number) FROM delivery) -"

    package func add(_ content: String, id: String, call: String, at now: Double) async throws -> Bool {
        let limit = deliveryLimit
        return try await write { db in
            let isNew = try db.changes(
                """
                INSERT OR IGNORE INTO delivery (id, job, state, created_at, ended_at, processed, next_at, content)
                VALUES (?, ?, '\(JobState.done.rawValue)', ?, ?, 0, ?, ?)
                """, [id, call, now, now, now, content])
            if isNew { _ = try db.changes("\(Self.dropOldest) ?", [limit]) }
            return isNew
        }
    }

    package func dueDeliveries(limit: Int, at now: Double) async throws -> [Delivery] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT * FROM delivery WHERE next_at <= ? ORDER BY next_at, number LIMIT ?"),
                arguments: [now, limit]
            ).map(Delivery.init)
        }
    }

    package func settle(_ delivery: Delivery, as outcome: DeliveryOutcome) async throws {
        _ = try await write { db in
            switch outcome {
            case .delivered, .abandoned: try db.changes("DELETE FROM delivery WHERE id = ?", [delivery.id])
            case .retry(let time):
                try db.changes(
                    "UPDATE delivery SET next_at = ?, attempt = attempt + 1 WHERE id = ?", [time, delivery.id])
            }
        }
    }

    package func deliveryCount() async throws -> Int {
        try await read { db in
            try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM delivery")) ?? 0
        }
    }
}

extension Delivery {
    fileprivate init(_ row: Row) throws {
        guard let state = try JobState(rawValue: row.decode(String.self, forColumn: "state")) else {
            throw JobStoreError(.damaged, "The database of jobs holds a delivery of no known event. Erase its job.")
        }
        self.init(
            id: try row.decode(forColumn: "id"), job: try row.decode(forColumn: "job"),
            owner: try row.decode(forColumn: "owner"), state: state,
            createdAt: try row.decode(forColumn: "created_at"), endedAt: try row.decode(forColumn: "ended_at"),
            processed: try row.decode(forColumn: "processed"), failure: try row.decode(forColumn: "failure"),
            attempt: try row.decode(forColumn: "attempt"), content: try row.decode(forColumn: "content"))
    }
}

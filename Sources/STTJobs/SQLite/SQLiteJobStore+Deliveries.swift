import GRDB

extension SQLiteJobStore: DeliveryStore {
    /// From now on, each end of a job makes a delivery; the oldest are dropped beyond `limit`.
    func makeDeliveries(limit: Int) throws {
        // On the only connection that writes, for as long as it is open: a server without a receiver makes none.
        try pool.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    CREATE TEMP TRIGGER job_end AFTER UPDATE OF state ON main.job
                    WHEN NEW.state NOT IN \(JobSchema.openStates) AND OLD.state IN \(JobSchema.openStates)
                    BEGIN
                        INSERT INTO delivery (id, job, owner, state, created_at, ended_at, processed, failure, next_at)
                        VALUES (NEW.id || '_' || NEW.state, NEW.id, NEW.owner, NEW.state, NEW.created_at,
                            NEW.updated_at, NEW.processed, NEW.failure, NEW.updated_at);
                        DELETE FROM delivery WHERE number <= (SELECT max(number) FROM delivery) - \(limit);
                    END
                    """)
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
            attempt: try row.decode(forColumn: "attempt"))
    }
}

extension PostgresJobStore: DeliveryStore {
    /// Seconds for which a delivery that was returned is not due, so that no two servers attempt it at the same time.
    private static let turn = 60.0

    package func add(_ content: String, id: String, call: String, at now: Double) async throws -> Bool {
        let isNew = try await changes(
            """
            INSERT INTO gigastt.delivery (id, job, state, created_at, ended_at, processed, next_at, content)
            VALUES ($1::text, $2::text, '\(JobState.done.rawValue)', $3::float8, $3::float8, 0, $3::float8, $4::text)
            ON CONFLICT (id) DO NOTHING RETURNING 1
            """, [PostgresValue(id), PostgresValue(call), PostgresValue(now), PostgresValue(content)])
        if isNew {
            _ = try await rows(
                """
                DELETE FROM gigastt.delivery
                WHERE number <= (SELECT max(number) FROM gigastt.delivery) - $1::bigint
                """, [PostgresValue(deliveryLimit)])
        }
        return isNew
    }

    package func dueDeliveries(limit: Int, at now: Double) async throws -> [Delivery] {
        let rows = try await rows(
            """
            WITH due AS (
                SELECT number FROM gigastt.delivery WHERE next_at <= $1::float8
                ORDER BY next_at, number LIMIT $2::bigint FOR UPDATE SKIP LOCKED),
            taken AS (
                UPDATE gigastt.delivery AS delivery SET next_at = $3::float8
                FROM due WHERE delivery.number = due.number RETURNING delivery.*)
            SELECT id, job, owner, state, created_at, ended_at, processed, failure, attempt, content
            FROM taken ORDER BY number
            """, [PostgresValue(now), PostgresValue(limit), PostgresValue(now + Self.turn)])
        return try decoding { try rows.map(Delivery.init) }
    }

    package func settle(_ delivery: Delivery, as outcome: DeliveryOutcome) async throws {
        switch outcome {
        case .delivered, .abandoned:
            _ = try await rows("DELETE FROM gigastt.delivery WHERE id = $1::text", [PostgresValue(delivery.id)])
        case .retry(let time):
            _ = try await rows(
                "UPDATE gigastt.delivery SET next_at = $2::float8, attempt = attempt + 1 WHERE id = $1::text",
                [PostgresValue(delivery.id), PostgresValue(time)])
        }
    }

    package func deliveryCount() async throws -> Int {
        let rows = try await rows("SELECT count(*) AS count FROM gigastt.delivery")
        return try decoding { try rows.first?.value("count") ?? 0 }
    }
}

extension Delivery {
    fileprivate init(_ row: PostgresRow) throws {
        guard let state = JobState(rawValue: try row.value("state")) else {
            throw PostgresFailure(kind: .undecodable, detail: "the state of a delivery")
        }
        self.init(
            id: try row.value("id"), job: try row.value("job"), owner: try row.optional("owner"), state: state,
            createdAt: try row.value("created_at"), endedAt: try row.value("ended_at"),
            processed: try row.value("processed"), failure: try row.optional("failure"),
            attempt: try row.value("attempt"), content: try row.optional("content"))
    }
}

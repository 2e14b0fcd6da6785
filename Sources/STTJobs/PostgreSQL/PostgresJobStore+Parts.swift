extension PostgresJobStore {
    package func split(
        _ lease: JobLease, at cuts: [Double], duration: Double, at now: Double
    ) async throws -> Bool {
        guard lease.part == nil else { return false }
        let starts = "{\(([0] + cuts).map { "\($0)" }.joined(separator: ","))}"
        let isSplit = try await retrying {
            // The next attempt: what the worker of this one may still write is refused.
            try await changes(
                """
                WITH held AS (
                    UPDATE gigastt.job SET attempt = attempt + 1, lease_end = 'Infinity', worker = NULL, death_count = 0,
                        duration = $3::float8, open_parts = cardinality($4::float8[]), updated_at = $5::float8,
                        version = version + 1
                    WHERE \(Self.isHeld) RETURNING number, priority, byte_count),
                parts AS (
                    SELECT place - 1 AS number, start, lead(start) OVER (ORDER BY place) AS "end"
                    FROM unnest($4::float8[]) WITH ORDINALITY AS starts (start, place))
                INSERT INTO gigastt.part (job, number, start, "end", state, priority, byte_count, position)
                SELECT held.number, parts.number, start, "end", 'queued', priority,
                    (byte_count * ((coalesce("end", $3::float8) - start) / greatest($3::float8, 1)))::bigint, start
                FROM held, parts RETURNING 1
                """,
                Self.parameters(of: lease) + [PostgresValue(duration), PostgresValue(starts), PostgresValue(now)])
        } isDone: {
            try await changes(
                """
                SELECT 1 FROM gigastt.job
                WHERE id = $1::text AND attempt = $2::bigint + 1 AND state = 'processing' AND open_parts > 0
                """, Self.parameters(of: lease))
        }
        if isSplit { await announce() }
        return isSplit
    }

    func renew(_ part: Int, _ lease: JobLease, until end: Double) async throws -> Bool {
        try await change(part, lease, "lease_end = \(Self.leaseEnd("$4"))", [remaining(until: end)])
    }

    func append(
        _ utterance: StoredUtterance, _ part: Int, _ lease: JobLease, until end: Double
    ) async throws -> Bool {
        let holder = Self.parameters(part, lease)
        return try await retrying {
            try await changes(
                """
                WITH \(Self.owner), before AS (
                    SELECT part.job, part.number, position FROM gigastt.part AS part, owner WHERE \(Self.isHeldPart)
                    FOR UPDATE OF part),
                held AS (
                    UPDATE gigastt.part AS part SET lease_end = \(Self.leaseEnd("$4")), position = $7::float8,
                        death_count = 0
                    FROM before WHERE part.job = before.job AND part.number = before.number RETURNING part.job),
                counted AS (
                    UPDATE gigastt.job AS job SET processed = processed + $7::float8 - before.position,
                        version = version + 1, result_byte_count = result_byte_count + octet_length($9::bytea)
                    FROM before WHERE job.number = before.job)
                INSERT INTO gigastt.utterance (job, number, channel, "end", text, content)
                SELECT job, $5::bigint, $6::int, $7::float8, $8::text, $9::bytea FROM held RETURNING 1
                """,
                holder + [
                    remaining(until: end), PostgresValue(utterance.number), PostgresValue(utterance.channel),
                    PostgresValue(utterance.end), PostgresValue(utterance.text), PostgresValue(utterance.content),
                ])
        } isDone: {
            try await changes(
                """
                SELECT 1 FROM gigastt.utterance AS stored, gigastt.part AS part, gigastt.job AS owner
                WHERE owner.id = $1::text AND \(Self.isHeldPart) AND stored.job = part.job
                    AND stored.number = $4::bigint AND content = $5::bytea
                """, holder + [PostgresValue(utterance.number), PostgresValue(utterance.content)])
        }
    }

    func settle(
        _ part: Int, _ lease: JobLease, as outcome: JobOutcome, at now: Double
    ) async throws -> JobSettlement {
        switch outcome {
        case .done: return try await complete(part, lease, at: now)
        case .failed(let failure):
            // Its parts are removed with it, and their workers notified.
            let isOver = try await retrying {
                try await changes(
                    """
                    WITH \(Self.owner), held AS (
                        SELECT part.job FROM gigastt.part AS part, owner WHERE \(Self.isHeldPart) FOR UPDATE OF part),
                    ended AS (
                        UPDATE gigastt.job AS job SET state = 'failed', failure = $4::text, byte_count = 0,
                            lease_end = NULL, updated_at = $5::float8, version = version + 1
                        FROM held WHERE job.number = held.job RETURNING id)
                    SELECT pg_notify('\(Self.channel)', id) FROM ended
                    """, Self.parameters(part, lease) + [PostgresValue(failure), PostgresValue(now)])
            } isDone: {
                try await changes(
                    """
                    SELECT 1 FROM gigastt.job
                    WHERE id = $1::text AND state = 'failed' AND failure = $2::text AND updated_at = $3::float8
                    """, [PostgresValue(lease.id), PostgresValue(failure), PostgresValue(now)])
            }
            return isOver ? .over : .lost
        case .released:
            let isReleased = try await change(part, lease, "state = 'queued', lease_end = NULL", [])
            if isReleased { await announce() }
            return isReleased ? .open : .lost
        }
    }

    /// Ends a part, and with the last one the job. The row of the job is what its workers wait for in turn: each sees what the
    /// one before it left.
    private func complete(_ part: Int, _ lease: JobLease, at now: Double) async throws -> JobSettlement {
        var settlement = JobSettlement.lost
        let isLast = "CASE open_parts WHEN 1 THEN"
        _ = try await retrying {
            let rows = try await rows(
                """
                WITH \(Self.owner), ended AS (
                    UPDATE gigastt.part AS part SET state = 'done', lease_end = NULL
                    FROM owner WHERE \(Self.isHeldPart) RETURNING part.job)
                UPDATE gigastt.job AS job SET open_parts = open_parts - 1, updated_at = $4::float8,
                    version = version + 1, state = \(isLast) 'done' ELSE state END,
                    lease_end = \(isLast) NULL ELSE lease_end END, processed = \(isLast) duration ELSE processed END,
                    byte_count = \(isLast) 0 ELSE byte_count END
                FROM ended WHERE job.number = ended.job RETURNING job.state
                """, Self.parameters(part, lease) + [PostgresValue(now)])
            guard let row = rows.first else { return false }
            settlement = try decoding { try row.value("state", as: String.self) == "done" ? .over : .open }
            return true
        } isDone: {
            // Only this attempt can have ended the part. A second removal of the recording does no harm.
            let rows = try await rows(
                """
                SELECT owner.state FROM gigastt.job AS owner WHERE id = $1::text AND (
                    state = 'done' OR EXISTS (
                        SELECT 1 FROM gigastt.part AS part WHERE job = owner.number AND part.number = $2::bigint
                        AND attempt = $3::bigint AND part.state = 'done'))
                """, Self.parameters(part, lease))
            guard let row = rows.first else { return false }
            settlement = try decoding { try row.value("state", as: String.self) == "done" ? .over : .open }
            return true
        }
        return settlement
    }

    /// Takes the parts back whose leases ended, and ends the jobs of those that have died too often.
    func takeBackParts(
        _ leases: JobLeases, deathLimit: Int, failure: String, at now: Double
    ) async throws -> [Job] {
        try await jobs(
            """
            WITH late AS (
                SELECT job, number FROM gigastt.part
                WHERE state = 'processing' AND lease_end < \(Self.ended("$4", "$5"))),
            owner AS (
                SELECT number FROM gigastt.job WHERE number IN (SELECT job FROM late) ORDER BY number
                FOR NO KEY UPDATE SKIP LOCKED),
            taken AS (
                UPDATE gigastt.part AS part SET state = 'queued', lease_end = NULL, death_count = death_count + 1
                FROM late, owner WHERE part.job = owner.number AND part.job = late.job AND part.number = late.number
                    AND part.state = 'processing' AND part.lease_end < \(Self.ended("$4", "$5"))
                RETURNING part.job, part.death_count),
            deaths AS (SELECT job, max(death_count) >= $2::bigint AS is_dead FROM taken GROUP BY job),
            changed AS (
                UPDATE gigastt.job AS job SET updated_at = $1::float8, version = version + 1,
                    state = CASE WHEN is_dead THEN 'failed' ELSE state END,
                    failure = CASE WHEN is_dead THEN $3::text END,
                    lease_end = CASE WHEN is_dead THEN NULL ELSE lease_end END,
                    byte_count = CASE WHEN is_dead THEN 0 ELSE byte_count END
                FROM deaths WHERE job.number = deaths.job RETURNING job.*)
            SELECT \(Job.columns(of: "changed")),
                pg_notify('\(Self.channel)', CASE state WHEN 'failed' THEN id ELSE '' END)
            FROM changed ORDER BY number
            """,
            [
                PostgresValue(now), PostgresValue(deathLimit), PostgresValue(failure), PostgresValue(leases == .all),
                remaining(until: now),
            ])
    }

    // MARK: Leases

    /// Locks the job before its parts, as a cancellation does, so that neither waits for the other.
    private static let owner =
        "owner AS (SELECT number FROM gigastt.job WHERE id = $1::text AND state = 'processing' FOR NO KEY UPDATE)"

    private static let isHeldPart = """
        part.job = owner.number AND part.number = $2::bigint AND part.attempt = $3::bigint AND part.state = 'processing'
        """

    private static func parameters(_ part: Int, _ lease: JobLease) -> [PostgresValue] {
        [PostgresValue(lease.id), PostgresValue(part), PostgresValue(lease.attempt)]
    }

    /// Changes a part if its lease is still held; the values of the assignments begin with `$4`.
    private func change(
        _ part: Int, _ lease: JobLease, _ assignments: String, _ parameters: [PostgresValue]
    ) async throws -> Bool {
        try await retrying {
            try await changes(
                """
                UPDATE gigastt.part AS part SET \(assignments) FROM gigastt.job AS owner
                WHERE owner.id = $1::text AND \(Self.isHeldPart) RETURNING 1
                """, Self.parameters(part, lease) + parameters)
        } isDone: {
            false
        }
    }
}

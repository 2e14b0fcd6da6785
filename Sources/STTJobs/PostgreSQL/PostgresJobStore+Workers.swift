extension PostgresJobStore {
    package func claim(until lease: Double, at now: Double) async throws -> ClaimedJob? {
        // Claims of one process follow each other on its connection; other processes skip the row that is locked.
        let rows = try await rows(
            """
            WITH next AS (
                SELECT number, death_count FROM gigastt.job WHERE state = 'queued'
                ORDER BY death_count DESC, priority DESC, number LIMIT 1 FOR UPDATE SKIP LOCKED),
            claimed AS (
                UPDATE gigastt.job AS job SET state = 'processing', attempt = attempt + 1, worker = $1::text,
                    lease_end = \(Self.leaseEnd("$2")), updated_at = $3::float8, version = version + 1
                FROM next WHERE job.number = next.number AND NOT EXISTS (
                    SELECT 1 FROM gigastt.job AS other WHERE other.state = 'processing' AND other.worker = $1::text
                    AND (other.death_count > 0 OR next.death_count > 0))
                RETURNING job.*)
            SELECT \(Job.columns(of: "claimed")), (
                SELECT string_agg(channel || ' ' || "end" || ' ' || count, ',' ORDER BY channel) FROM (
                    SELECT channel, max("end") AS "end", count(*) AS count FROM gigastt.utterance
                    WHERE job = claimed.number GROUP BY channel) AS channels) AS channels
            FROM claimed
            """, [PostgresValue(worker), remaining(until: lease), PostgresValue(now)])
        guard let row = rows.first else { return nil }
        return try decoding {
            let (positions, count) = try Self.positions(row.optional("channels") ?? "")
            return ClaimedJob(job: try Job(row), utteranceCount: count, positions: positions)
        }
    }

    /// Reads what is stored of each channel: its number, its end and its utterances.
    private static func positions(_ text: String) throws -> ([Double], Int) {
        var (positions, count) = ([Double](), 0)
        for channel in text.split(separator: ",") {
            let fields = channel.split(separator: " ")
            guard fields.count == 3, let number = Int(fields[0]), let end = Double(fields[1]),
                let utterances = Int(fields[2])
            else { throw PostgresFailure(kind: .undecodable, detail: "the channels of a job") }
            // A channel may have no utterance yet.
            while positions.count < min(number, 64) { positions.append(0) }
            positions.append(end)
            count += utterances
        }
        return (positions, count)
    }

    /// The clocks of two servers may differ, and one may be set back: what is sent is the time that is left.
    private func remaining(until time: Double) -> PostgresValue {
        PostgresValue(time - clock())
    }

    private static func leaseEnd(_ remaining: String) -> String {
        "extract(epoch FROM clock_timestamp())::float8 + \(remaining)::float8"
    }

    package func renew(_ lease: JobLease, until end: Double) async throws -> Bool {
        try await change(lease, "lease_end = \(Self.leaseEnd("$3"))", [remaining(until: end)])
    }

    package func note(duration: Double, _ lease: JobLease) async throws -> Bool {
        try await change(lease, "duration = $3::float8, version = version + 1", [PostgresValue(duration)])
    }

    package func append(
        _ utterance: StoredUtterance, _ lease: JobLease, until end: Double
    ) async throws -> Bool {
        let holder = Self.parameters(of: lease)
        return try await retrying {
            try await changes(
                """
                WITH held AS (
                    UPDATE gigastt.job SET lease_end = \(Self.leaseEnd("$3")), processed = greatest(processed, $6::float8),
                        death_count = 0, version = version + 1,
                        result_byte_count = result_byte_count + octet_length($8::bytea)
                    WHERE \(Self.isHeld) RETURNING number)
                INSERT INTO gigastt.utterance (job, number, channel, "end", text, content)
                SELECT number, $4::bigint, $5::int, $6::float8, $7::text, $8::bytea FROM held RETURNING 1
                """,
                holder + [
                    remaining(until: end), PostgresValue(utterance.number), PostgresValue(utterance.channel),
                    PostgresValue(utterance.end), PostgresValue(utterance.text), PostgresValue(utterance.content),
                ])
        } isDone: {
            try await changes(
                """
                SELECT 1 FROM gigastt.utterance AS stored, gigastt.job AS job
                WHERE \(Self.isHeld) AND stored.job = job.number AND stored.number = $3::bigint AND content = $4::bytea
                """, holder + [PostgresValue(utterance.number), PostgresValue(utterance.content)])
        }
    }

    package func settle(_ lease: JobLease, as outcome: JobOutcome, at now: Double) async throws -> Bool {
        let leaving = "lease_end = NULL, updated_at = $3::float8, version = version + 1"
        let time = PostgresValue(now)
        // Only this attempt can have brought the job there.
        func isIn(_ state: JobState) async throws -> Bool {
            try await changes(
                "SELECT 1 FROM gigastt.job WHERE id = $1::text AND attempt = $2::bigint AND state = $3::text",
                Self.parameters(of: lease) + [PostgresValue(state.rawValue)])
        }
        return switch outcome {
        case .done(let duration):
            try await change(
                lease, "state = 'done', duration = $4::float8, processed = $4::float8, byte_count = 0, \(leaving)",
                [time, PostgresValue(duration)], isDone: { try await isIn(.done) })
        case .failed(let failure):
            try await change(
                lease, "state = 'failed', failure = $4::text, byte_count = 0, \(leaving)",
                [time, PostgresValue(failure)], isDone: { try await isIn(.failed) })
        case .released:
            try await changes(
                """
                WITH released AS (
                    UPDATE gigastt.job SET state = 'queued', \(leaving) WHERE \(Self.isHeld) RETURNING number)
                SELECT pg_notify('\(Self.channel)', '') FROM released
                """, Self.parameters(of: lease) + [time])
        }
    }

    package func takeBack(
        _ leases: JobLeases, deathLimit: Int, failure: String, at now: Double
    ) async throws -> [Job] {
        try await jobs(
            """
            WITH late AS (
                SELECT number FROM gigastt.job
                WHERE state = 'processing' AND ($4::boolean OR lease_end < \(Self.leaseEnd("$5")))
                FOR UPDATE SKIP LOCKED),
            taken AS (
                UPDATE gigastt.job AS job SET lease_end = NULL, death_count = death_count + 1, updated_at = $1::float8,
                    version = version + 1,
                    state = CASE WHEN death_count + 1 >= $2::bigint THEN 'failed' ELSE 'queued' END,
                    failure = CASE WHEN death_count + 1 >= $2::bigint THEN $3::text END,
                    byte_count = CASE WHEN death_count + 1 >= $2::bigint THEN 0 ELSE byte_count END
                FROM late WHERE job.number = late.number RETURNING job.*)
            SELECT \(Job.columns(of: "taken")), pg_notify('\(Self.channel)', '') FROM taken ORDER BY number
            """,
            [
                PostgresValue(now), PostgresValue(deathLimit), PostgresValue(failure), PostgresValue(leases == .all),
                remaining(until: now),
            ])
    }

    package func removeExpired(_ retention: JobRetention, at now: Double) async throws -> Int {
        let over = "state IN \(JobState.list(JobState.allCases.filter(\.isTerminal)))"
        let order = "ORDER BY updated_at DESC, number DESC"
        var removed = 0
        if retention.seconds > 0 {
            removed += try await remove(
                "SELECT number FROM gigastt.job WHERE \(over) AND updated_at < $1::float8",
                PostgresValue(now - retention.seconds))
        }
        if retention.count > 0 {
            removed += try await remove(
                "SELECT number FROM gigastt.job WHERE \(over) \(order) OFFSET $1::bigint",
                PostgresValue(retention.count)
            )
        }
        if retention.byteCount > 0 {
            removed += try await remove(
                """
                SELECT number FROM (
                    SELECT number, sum(result_byte_count) OVER (\(order)) AS bytes FROM gigastt.job WHERE \(over)
                ) AS results WHERE bytes > $1::bigint
                """, PostgresValue(retention.byteCount))
        }
        return removed
    }

    /// Removes jobs that are over; those that another server removes are left to it.
    private func remove(_ numbers: String, _ parameter: PostgresValue) async throws -> Int {
        try await rows(
            """
            DELETE FROM gigastt.job WHERE number IN (
                SELECT number FROM gigastt.job WHERE number IN (\(numbers)) FOR UPDATE SKIP LOCKED) RETURNING 1
            """, [parameter]
        ).count
    }

    package func storedAudio() async throws -> Set<String> {
        let rows = try await rows(
            """
            SELECT audio FROM gigastt.job WHERE NOT is_reference AND state IN \(JobState.openList)
            UNION ALL SELECT id FROM gigastt.upload WHERE NOT is_finished
            """)
        return try decoding { Set(try rows.map { try $0.value("audio") }) }
    }

    // MARK: Leases

    private static let isHeld = "id = $1::text AND attempt = $2::bigint AND state = 'processing'"

    private static func parameters(of lease: JobLease) -> [PostgresValue] {
        [PostgresValue(lease.id), PostgresValue(lease.attempt)]
    }

    /// Changes a job if the lease is still held; the values of the assignments begin with `$3`.
    private func change(
        _ lease: JobLease, _ assignments: String, _ parameters: [PostgresValue],
        isDone: () async throws -> Bool = { false }
    ) async throws -> Bool {
        try await retrying(
            {
                try await changes(
                    "UPDATE gigastt.job SET \(assignments) WHERE \(Self.isHeld) RETURNING 1",
                    Self.parameters(of: lease) + parameters)
            }, isDone: isDone)
    }
}

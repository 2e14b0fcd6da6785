extension PostgresJobStore {
    package func claim(until lease: Double, at now: Double) async throws -> ClaimedJob? {
        let order = "death_count DESC, priority DESC"
        func isSuspected(_ table: String) -> String {
            """
            EXISTS (
                SELECT 1 FROM gigastt.\(table) AS other WHERE other.state = 'processing' AND other.worker = $1::text
                AND (other.death_count > 0 OR next.death_count > 0))
            """
        }
        // Claims of one process follow each other on its connection; other processes skip the rows that are locked.
        let rows = try await rows(
            """
            WITH job_next AS (
                SELECT number, death_count, priority FROM gigastt.job WHERE state = 'queued'
                ORDER BY \(order), number LIMIT 1 FOR UPDATE SKIP LOCKED),
            part_next AS (
                SELECT job, number, death_count, priority FROM gigastt.part WHERE state = 'queued'
                ORDER BY \(order), job, number LIMIT 1 FOR UPDATE SKIP LOCKED),
            next AS (
                SELECT number AS job, NULL::bigint AS part, death_count, priority FROM job_next
                UNION ALL SELECT job, number, death_count, priority FROM part_next
                ORDER BY \(order), job LIMIT 1),
            allowed AS (
                SELECT job, part FROM next
                WHERE NOT (\(isSuspected("job"))) AND NOT (\(isSuspected("part")))),
            claimed AS (
                UPDATE gigastt.job AS job SET state = 'processing', attempt = attempt + 1, worker = $1::text,
                    lease_end = \(Self.leaseEnd("$2")), updated_at = $3::float8, version = version + 1
                FROM allowed WHERE allowed.part IS NULL AND job.number = allowed.job RETURNING job.*),
            claimed_part AS (
                UPDATE gigastt.part AS part SET state = 'processing', attempt = part.attempt + 1, worker = $1::text,
                    lease_end = \(Self.leaseEnd("$2"))
                FROM allowed WHERE part.job = allowed.job AND part.number = allowed.part RETURNING part.*)
            SELECT \(Job.columns(of: "claimed")), (
                SELECT string_agg(channel || ' ' || "end" || ' ' || count, ',' ORDER BY channel) FROM (
                    SELECT channel, max("end") AS "end", count(*) AS count FROM gigastt.utterance
                    WHERE job = claimed.number GROUP BY channel) AS channels) AS channels,
                NULL::bigint AS part, NULL::bigint AS part_attempt, NULL::float8 AS part_start,
                NULL::float8 AS part_end, NULL::float8 AS position, NULL::bigint AS stored
            FROM claimed
            UNION ALL SELECT \(Job.columns(of: "job")), NULL::text, part.number, part.attempt, part.start,
                part."end", part.position, (
                    SELECT count(*) FROM gigastt.utterance AS utterance WHERE utterance.job = part.job
                    AND utterance.number >= part.number << 32 AND utterance.number < (part.number + 1) << 32)
            FROM claimed_part AS part JOIN gigastt.job AS job ON job.number = part.job
            """, [PostgresValue(worker), remaining(until: lease), PostgresValue(now)])
        guard let row = rows.first else { return nil }
        return try decoding {
            let job = try Job(row)
            guard let part: Int = try row.optional("part") else {
                let (positions, count) = try Self.positions(row.optional("channels") ?? "")
                return ClaimedJob(job: job, utteranceCount: count, positions: positions)
            }
            return ClaimedJob(
                job: job,
                part: JobPart(
                    number: part, attempt: try row.value("part_attempt"), start: try row.value("part_start"),
                    end: try row.optional("part_end")),
                utteranceCount: try row.value("stored"), positions: [try row.value("position")])
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
    func remaining(until time: Double) -> PostgresValue {
        PostgresValue(time - clock())
    }

    static func leaseEnd(_ remaining: String) -> String {
        "extract(epoch FROM clock_timestamp())::float8 + \(remaining)::float8"
    }

    package func renew(_ lease: JobLease, until end: Double) async throws -> Bool {
        if let part = lease.part { return try await renew(part, lease, until: end) }
        return try await change(lease, "lease_end = \(Self.leaseEnd("$3"))", [remaining(until: end)])
    }

    package func note(duration: Double, _ lease: JobLease) async throws -> Bool {
        try await change(lease, "duration = $3::float8, version = version + 1", [PostgresValue(duration)])
    }

    package func append(
        _ utterance: StoredUtterance, _ lease: JobLease, until end: Double
    ) async throws -> Bool {
        if let part = lease.part { return try await append(utterance, part, lease, until: end) }
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

    package func settle(
        _ lease: JobLease, as outcome: JobOutcome, at now: Double
    ) async throws -> JobSettlement {
        if let part = lease.part { return try await settle(part, lease, as: outcome, at: now) }
        guard try await settleWhole(lease, as: outcome, at: now) else { return .lost }
        return outcome == .released ? .open : .over
    }

    private func settleWhole(_ lease: JobLease, as outcome: JobOutcome, at now: Double) async throws -> Bool {
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
        // The lease of a job that was cut into parts never ends.
        let jobs = try await jobs(
            """
            WITH late AS (
                SELECT number FROM gigastt.job
                WHERE state = 'processing' AND lease_end < \(Self.ended("$4", "$5")) FOR UPDATE SKIP LOCKED),
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
        return try await jobs + takeBackParts(leases, deathLimit: deathLimit, failure: failure, at: now)
    }

    /// The time before which leases that are taken back end: all that end, or those that have ended.
    static func ended(_ isAll: String, _ remaining: String) -> String {
        "CASE WHEN \(isAll)::boolean THEN 1e300::float8 ELSE \(leaseEnd(remaining)) END"
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

    static let isHeld = "id = $1::text AND attempt = $2::bigint AND state = 'processing'"

    static func parameters(of lease: JobLease) -> [PostgresValue] {
        [PostgresValue(lease.id), PostgresValue(lease.attempt)]
    }

    /// Changes a job if the lease of all of it is still held; the values of the assignments begin with `$3`.
    func change(
        _ lease: JobLease, _ assignments: String, _ parameters: [PostgresValue],
        isDone: () async throws -> Bool = { false }
    ) async throws -> Bool {
        guard lease.part == nil else { return false }
        return try await retrying(
            {
                try await changes(
                    "UPDATE gigastt.job SET \(assignments) WHERE \(Self.isHeld) RETURNING 1",
                    Self.parameters(of: lease) + parameters)
            }, isDone: isDone)
    }
}

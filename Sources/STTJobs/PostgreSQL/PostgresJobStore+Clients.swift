extension PostgresJobStore {
    package func submit(_ new: NewJob, limits: JobLimits, at now: Double) async throws -> Submission {
        let (audio, isReference) =
            switch new.audio {
            case .stored(let name): (name, false)
            case .reference(let path): (path, true)
            }
        // Servers that submit at the same instant may exceed the limits by one job each.
        let stored = try await jobs(
            """
            WITH new AS (
                INSERT INTO gigastt.job (id, owner, state, priority, query, audio, is_reference, byte_count, created_at,
                    updated_at, idempotency_key, request_digest)
                SELECT $1::text, $2::text, 'queued', $3::int, $4::text, $5::text, $6::boolean, $7::bigint, $8::float8,
                    $8::float8, $9::text, $10::text
                WHERE NOT (\(Self.isFull("$11", "$12"))) AND NOT EXISTS (
                    SELECT 1 FROM gigastt.job WHERE coalesce(owner, '') = coalesce($2::text, '')
                    AND idempotency_key = $9::text)
                ON CONFLICT (coalesce(owner, ''), idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
                RETURNING *)
            SELECT \(Job.columns(of: "new")) FROM new
            """,
            [
                PostgresValue(new.id), PostgresValue(new.owner), PostgresValue(new.priority.rawValue),
                PostgresValue(new.query), PostgresValue(audio), PostgresValue(isReference),
                PostgresValue(new.byteCount), PostgresValue(now), PostgresValue(new.idempotency?.key),
                PostgresValue(new.idempotency?.digest), PostgresValue(limits.count), PostgresValue(limits.byteCount),
            ])
        if let job = stored.first {
            await announce()
            return .accepted(job)
        }
        guard let idempotency = new.idempotency else { return .full }
        let known = try await rows(
            """
            SELECT \(Job.columns(of: "job")), request_digest FROM gigastt.job AS job
            WHERE coalesce(owner, '') = $1::text AND idempotency_key = $2::text
            """, [PostgresValue(new.owner ?? ""), PostgresValue(idempotency.key)])
        guard let row = known.first else { return .full }
        return try decoding {
            try row.value("request_digest", as: String.self) == idempotency.digest ? .known(Job(row)) : .keyReused
        }
    }

    package func isFull(_ limits: JobLimits) async throws -> Bool {
        try await changes(
            "SELECT 1 WHERE \(Self.isFull("$1", "$2"))", [PostgresValue(limits.count), PostgresValue(limits.byteCount)])
    }

    /// Whether limits are reached. An upload counts as the job that it becomes.
    static func isFull(_ count: String, _ byteCount: String) -> String {
        """
        (SELECT sum(job_count) >= \(count)::bigint OR sum(byte_count) >= \(byteCount)::bigint FROM gigastt.total)
        """
    }

    package func job(_ id: String, for reader: JobReader) async throws -> Job? {
        try await jobs(
            "SELECT \(Job.columns(of: "job")) FROM gigastt.job AS job WHERE id = $1::text AND \(Self.isVisible("$2"))",
            [PostgresValue(id), PostgresValue(reader.name)]
        ).first
    }

    /// Whether a reader may see a row: NULL is one that may see all.
    static func isVisible(_ owner: String) -> String { "(\(owner)::text IS NULL OR owner = \(owner)::text)" }

    package func jobs(_ page: JobPage, for reader: JobReader) async throws -> [Job] {
        var (conditions, parameters) = (["true"], [PostgresValue]())
        func add(_ condition: String, _ value: String?) {
            guard let value else { return }
            parameters.append(PostgresValue(value))
            conditions.append("\(condition) $\(parameters.count)::text")
        }
        add("owner =", reader.name)
        add("id <", page.before)
        add("state =", page.state?.rawValue)
        let size = min(max(page.size, JobPage.sizes.lowerBound), JobPage.sizes.upperBound)
        return try await jobs(
            """
            SELECT \(Job.columns(of: "job")) FROM gigastt.job AS job
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT \(size)
            """, parameters)
    }

    package func utterances(of id: String) async throws -> [StoredUtterance] {
        let rows = try await rows(
            """
            SELECT number, channel, "end", text, content FROM gigastt.utterance
            WHERE job = (SELECT number FROM gigastt.job WHERE id = $1::text) ORDER BY number
            """, [PostgresValue(id)])
        return try decoding {
            try rows.map { row in
                StoredUtterance(
                    number: try row.value("number"), channel: try row.value("channel"), end: try row.value("end"),
                    text: try row.value("text"), content: try row.bytes("content"))
            }
        }
    }

    package func texts(of id: String) async throws -> [String] {
        let rows = try await rows(
            """
            SELECT text FROM gigastt.utterance
            WHERE job = (SELECT number FROM gigastt.job WHERE id = $1::text) AND text <> '' ORDER BY number
            """, [PostgresValue(id)])
        return try decoding { try rows.map { try $0.value("text") } }
    }

    package func cancel(_ id: String, for reader: JobReader, at now: Double) async throws -> JobChange {
        guard let job = try await job(id, for: reader) else { return .unknown }
        let isCancelled = try await changes(
            """
            WITH ended AS (
                UPDATE gigastt.job SET state = 'cancelled', lease_end = NULL, byte_count = 0, updated_at = $2::float8,
                    version = version + 1
                WHERE id = $1::text AND state IN \(JobState.openList) RETURNING id)
            SELECT pg_notify('\(Self.channel)', id) FROM ended
            """, [PostgresValue(id), PostgresValue(now)])
        return isCancelled ? .changed(job) : .refused
    }

    package func erase(_ id: String, for reader: JobReader) async throws -> JobChange {
        let erased = try await jobs(
            """
            WITH gone AS (
                DELETE FROM gigastt.job WHERE id = $1::text AND \(Self.isVisible("$2")) RETURNING *),
            deliveries AS (DELETE FROM gigastt.delivery WHERE job IN (SELECT id FROM gone)),
            uploads AS (DELETE FROM gigastt.upload WHERE id IN (SELECT id FROM gone))
            SELECT \(Job.columns(of: "gone")), pg_notify('\(Self.channel)', id) FROM gone
            """, [PostgresValue(id), PostgresValue(reader.name)])
        return erased.first.map { .changed($0) } ?? .unknown
    }

    package func counts() async throws -> [JobState: Int] {
        let rows = try await rows("SELECT state, count(*) AS count FROM gigastt.job GROUP BY state")
        return try decoding {
            try rows.reduce(into: [:]) { counts, row in
                guard let state = JobState(rawValue: try row.value("state")) else { return }
                counts[state] = try row.value("count")
            }
        }
    }

    package func waitingByteCount() async throws -> Int {
        let rows = try await rows(
            """
            SELECT ((
                SELECT coalesce(sum(byte_count), 0) FROM gigastt.job WHERE byte_count > 0 AND state = 'queued')
                + (SELECT coalesce(sum(byte_count), 0) FROM gigastt.part WHERE state = 'queued'))::bigint AS bytes
            """)
        return try decoding { try rows.first?.value("bytes") ?? 0 }
    }
}

extension JobReader {
    /// The key whose jobs are seen; `nil` for all jobs.
    var name: String? {
        switch self {
        case .all: nil
        case .owner(let name): name
        }
    }
}

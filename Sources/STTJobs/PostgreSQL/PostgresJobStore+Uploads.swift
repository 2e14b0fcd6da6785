extension PostgresJobStore: UploadStore {
    private static let columns = "id, owner, length, query, priority, expires_at, is_finished"

    package func create(_ upload: PendingUpload, limits: JobLimits) async throws -> Bool {
        try await changes(
            """
            INSERT INTO gigastt.upload (id, owner, length, query, priority, expires_at)
            SELECT $1::text, $2::text, $3::bigint, $4::text, $5::int, $6::float8
            WHERE NOT (\(Self.isFull("$7", "$8"))) RETURNING 1
            """,
            [
                PostgresValue(upload.id), PostgresValue(upload.owner), PostgresValue(upload.length),
                PostgresValue(upload.query), PostgresValue(upload.priority.rawValue), PostgresValue(upload.expiresAt),
                PostgresValue(limits.count), PostgresValue(limits.byteCount),
            ])
    }

    package func upload(_ id: String, for reader: JobReader) async throws -> PendingUpload? {
        try await uploads(
            "SELECT \(Self.columns) FROM gigastt.upload WHERE id = $1::text AND \(Self.isVisible("$2"))",
            [PostgresValue(id), PostgresValue(reader.name)]
        ).first
    }

    package func keepUpload(_ id: String, until end: Double) async throws -> Bool {
        try await changes(
            "UPDATE gigastt.upload SET expires_at = $2::float8 WHERE id = $1::text RETURNING 1",
            [PostgresValue(id), PostgresValue(end)])
    }

    package func finishUpload(_ id: String, at now: Double) async throws -> Job? {
        let stored = try await jobs(
            """
            WITH finished AS (
                UPDATE gigastt.upload SET is_finished = true WHERE id = $1::text AND NOT is_finished RETURNING *),
            new AS (
                INSERT INTO gigastt.job (id, owner, state, priority, query, audio, is_reference, byte_count, created_at,
                    updated_at)
                SELECT id, owner, 'queued', priority, query, id, false, length, $2::float8, $2::float8 FROM finished
                RETURNING *)
            SELECT \(Job.columns(of: "new")) FROM new
            """, [PostgresValue(id), PostgresValue(now)])
        if !stored.isEmpty { await announce() }
        return stored.first
    }

    package func removeUpload(_ id: String, for reader: JobReader) async throws -> PendingUpload? {
        try await uploads(
            "DELETE FROM gigastt.upload WHERE id = $1::text AND \(Self.isVisible("$2")) RETURNING \(Self.columns)",
            [PostgresValue(id), PostgresValue(reader.name)]
        ).first
    }

    package func removeExpiredUploads(at now: Double) async throws -> [PendingUpload] {
        try await uploads(
            "DELETE FROM gigastt.upload WHERE expires_at < $1::float8 RETURNING \(Self.columns)", [PostgresValue(now)])
    }

    package func unfinishedUploads() async throws -> [PendingUpload] {
        try await uploads("SELECT \(Self.columns) FROM gigastt.upload WHERE NOT is_finished", [])
    }

    private func uploads(_ statement: String, _ parameters: [PostgresValue]) async throws -> [PendingUpload] {
        let rows = try await rows(statement, parameters)
        return try decoding {
            try rows.map { row in
                guard let priority = JobPriority(rawValue: try row.value("priority")) else {
                    throw PostgresFailure(kind: .undecodable, detail: "the priority of an upload")
                }
                return PendingUpload(
                    id: try row.value("id"), owner: try row.optional("owner"), length: try row.value("length"),
                    query: try row.value("query"), priority: priority, expiresAt: try row.value("expires_at"),
                    isFinished: try row.isTrue("is_finished"))
            }
        }
    }
}

import GRDB

extension Database {
    /// Changes a job if the lease of all of it is still held.
    func change(_ lease: JobLease, _ assignments: String, _ arguments: StatementArguments) throws -> Bool {
        guard lease.part == nil else { return false }
        return try changes(
            "UPDATE job SET \(assignments) WHERE id = ? AND attempt = ? AND state = 'processing'",
            arguments + [lease.id, lease.attempt])
    }

    /// Changes a part of a job if the lease is still held.
    func change(
        _ part: Int, _ lease: JobLease, _ assignments: String, _ arguments: StatementArguments
    ) throws -> Bool {
        try changes(
            "UPDATE part SET \(assignments) WHERE \(Self.isHeld)", arguments + Self.arguments(part, lease))
    }

    private static let isHeld =
        "job = (SELECT number FROM job WHERE id = ?) AND number = ? AND attempt = ? AND state = 'processing'"

    private static func arguments(_ part: Int, _ lease: JobLease) -> StatementArguments {
        [lease.id, part, lease.attempt]
    }

    // MARK: Claims

    /// The number of the job that is to be claimed next, and of the part of it; `nil` when none may be.
    func nextToClaim() throws -> (job: Int64, part: Int?)? {
        let row = try Row.fetchOne(
            cachedStatement(
                sql: """
                    SELECT * FROM (
                        SELECT number AS job, NULL AS part, death_count, priority
                        FROM job INDEXED BY job_queue WHERE state = 'queued'
                        ORDER BY death_count DESC, priority DESC, number LIMIT 1)
                    UNION ALL SELECT * FROM (
                        SELECT job, number AS part, death_count, priority
                        FROM part INDEXED BY part_queue WHERE state = 'queued'
                        ORDER BY death_count DESC, priority DESC, job, number LIMIT 1)
                    ORDER BY death_count DESC, priority DESC, job LIMIT 1
                    """))
        guard let row else { return nil }
        let isSuspect = try row.decode(Int.self, forColumn: "death_count") > 0
        let isAlone = try Bool.fetchOne(
            cachedStatement(
                sql: """
                    SELECT NOT EXISTS (
                        SELECT 1 FROM job WHERE state = 'processing' AND open_parts = 0 AND (death_count > 0 OR ?))
                    AND NOT EXISTS (SELECT 1 FROM part WHERE state = 'processing' AND (death_count > 0 OR ?))
                    """), arguments: [isSuspect, isSuspect])
        guard isAlone == true else { return nil }
        return (try row.decode(forColumn: "job"), try row.decode(Int?.self, forColumn: "part"))
    }

    /// A whole job that was claimed.
    func claimed(_ row: Row, _ number: Int64) throws -> ClaimedJob {
        let rows = try Row.fetchAll(
            cachedStatement(
                sql: """
                    SELECT channel, max(end) AS end, count(*) AS count FROM utterance
                    WHERE job = ? GROUP BY channel ORDER BY channel
                    """), arguments: [number])
        var (positions, count) = ([Double](), 0)
        for row in rows {
            let channel = try row.decode(Int.self, forColumn: "channel")
            // A channel may have no utterance yet.
            while positions.count < min(channel, 64) { positions.append(0) }
            positions.append(try row.decode(forColumn: "end"))
            count += try row.decode(Int.self, forColumn: "count")
        }
        return ClaimedJob(job: try Job(row), utteranceCount: count, positions: positions)
    }

    /// Claims a part of a job.
    func claim(part: Int, of number: Int64, until lease: Double) throws -> ClaimedJob? {
        let claimed = try Row.fetchOne(
            cachedStatement(
                sql: """
                    UPDATE part SET state = 'processing', attempt = attempt + 1, lease_end = ?
                    WHERE job = ? AND number = ? AND state = 'queued' RETURNING *
                    """), arguments: [lease, number, part])
        guard let claimed,
            let job = try job("SELECT * FROM job WHERE number = ?", [number])
        else { return nil }
        let first = JobPart.firstUtterance(of: part)
        let count = try Int.fetchOne(
            cachedStatement(sql: "SELECT count(*) FROM utterance WHERE job = ? AND number >= ? AND number < ?"),
            arguments: [number, first, JobPart.firstUtterance(of: part + 1)])
        return ClaimedJob(
            job: job,
            part: JobPart(
                number: part, attempt: try claimed.decode(forColumn: "attempt"),
                start: try claimed.decode(forColumn: "start"), end: try claimed.decode(forColumn: "end")),
            utteranceCount: count ?? 0, positions: [try claimed.decode(forColumn: "position")])
    }

    // MARK: Parts

    /// Takes note of a further utterance of a part.
    func advance(_ part: Int, _ lease: JobLease, by utterance: StoredUtterance, until end: Double) throws -> Bool {
        let position = try Double.fetchOne(
            cachedStatement(sql: "SELECT position FROM part WHERE \(Self.isHeld)"),
            arguments: Self.arguments(part, lease))
        guard let position,
            try change(part, lease, "lease_end = ?, position = ?, death_count = 0", [end, utterance.end])
        else { return false }
        return try changes(
            """
            UPDATE job SET processed = processed + ?, version = version + 1, result_byte_count = result_byte_count + ?
            WHERE id = ?
            """, [utterance.end - position, utterance.content.count, lease.id])
    }

    /// Ends an attempt at a part, and with the last part, or a failure, the job.
    func settle(_ part: Int, _ lease: JobLease, as outcome: JobOutcome, at now: Double) throws -> JobSettlement {
        switch outcome {
        case .done:
            guard try change(part, lease, "state = 'done', lease_end = NULL", []) else { return .lost }
            let job = try job(
                """
                UPDATE job SET open_parts = open_parts - 1, updated_at = ?, version = version + 1,
                    state = CASE open_parts WHEN 1 THEN 'done' ELSE state END,
                    lease_end = CASE open_parts WHEN 1 THEN NULL ELSE lease_end END,
                    processed = CASE open_parts WHEN 1 THEN duration ELSE processed END,
                    byte_count = CASE open_parts WHEN 1 THEN 0 ELSE byte_count END
                WHERE id = ? RETURNING *
                """, [now, lease.id])
            return job?.state == .done ? .over : .open
        case .failed(let failure):
            // Its parts are removed with it.
            let isHeld = try changes(
                """
                UPDATE job SET state = 'failed', failure = ?, byte_count = 0, lease_end = NULL, updated_at = ?,
                    version = version + 1, open_parts = 0
                WHERE number = (SELECT job FROM part WHERE \(Self.isHeld))
                """, [failure, now] + Self.arguments(part, lease))
            return isHeld ? .over : .lost
        case .released:
            return try change(part, lease, "state = 'queued', lease_end = NULL", []) ? .open : .lost
        }
    }

    /// Takes the parts back whose leases ended, and ends the jobs of those that have died too often.
    func takeBackParts(until end: Double, deathLimit: Int, failure: String, at now: Double) throws -> [Job] {
        let numbers = try Int64.fetchSet(
            cachedStatement(
                sql: """
                    UPDATE part SET state = 'queued', lease_end = NULL, death_count = death_count + 1
                    WHERE state = 'processing' AND lease_end < ? RETURNING job
                    """), arguments: [end])
        return try numbers.sorted().compactMap { number in
            let isDead = try Bool.fetchOne(
                cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM part WHERE job = ? AND death_count >= ?)"),
                arguments: [number, deathLimit])
            guard isDead == true else {
                return try job(
                    "UPDATE job SET updated_at = ?, version = version + 1 WHERE number = ? RETURNING *", [now, number])
            }
            return try job(
                """
                UPDATE job SET state = 'failed', failure = ?, byte_count = 0, lease_end = NULL, updated_at = ?,
                    version = version + 1, open_parts = 0
                WHERE number = ? RETURNING *
                """, [failure, now, number])
        }
    }
}

import Foundation
import GRDB
import Synchronization

extension SQLiteJobStore {
    package func claim(until lease: Double, at now: Double) async throws -> ClaimedJob? {
        try await write { db in
            let claimed = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        UPDATE job SET state = 'processing', attempt = attempt + 1, lease_end = ?, updated_at = ?,
                            version = version + 1
                        WHERE number = (
                                SELECT number FROM job INDEXED BY job_queue WHERE state = 'queued'
                                ORDER BY death_count DESC, priority DESC, number LIMIT 1)
                            AND NOT EXISTS (
                                SELECT 1 FROM job AS other WHERE other.state = 'processing'
                                AND (other.death_count > 0 OR job.death_count > 0))
                        RETURNING *
                        """), arguments: [lease, now])
            guard let claimed else { return nil }
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT channel, max(end) AS end, count(*) AS count FROM utterance
                        WHERE job = ? GROUP BY channel ORDER BY channel
                        """), arguments: [claimed.decode(Int64.self, forColumn: "number")])
            var (positions, count) = ([Double](), 0)
            for row in rows {
                let channel = try row.decode(Int.self, forColumn: "channel")
                // A channel may have no utterance yet.
                while positions.count < min(channel, 64) { positions.append(0) }
                positions.append(try row.decode(forColumn: "end"))
                count += try row.decode(Int.self, forColumn: "count")
            }
            return ClaimedJob(job: try Job(claimed), utteranceCount: count, positions: positions)
        }
    }

    package func renew(_ lease: JobLease, until end: Double) async throws -> Bool {
        try await write { try $0.change(lease, "lease_end = ?", [end]) }
    }

    package func note(duration: Double, _ lease: JobLease) async throws -> Bool {
        try await write { try $0.change(lease, "duration = ?, version = version + 1", [duration]) }
    }

    package func append(
        _ utterance: StoredUtterance, _ lease: JobLease, until end: Double
    ) async throws -> Bool {
        try await write { db in
            let isHeld = try db.change(
                lease,
                """
                lease_end = ?, processed = max(processed, ?), death_count = 0, version = version + 1,
                    result_byte_count = result_byte_count + ?
                """, [end, utterance.end, utterance.content.count])
            guard isHeld else { return false }
            return try db.changes(
                """
                INSERT INTO utterance (job, number, channel, end, text, content)
                SELECT number, ?, ?, ?, ?, ? FROM job WHERE id = ?
                """,
                [
                    utterance.number, utterance.channel, utterance.end, utterance.text, Data(utterance.content),
                    lease.id,
                ])
        }
    }

    package func settle(_ lease: JobLease, as outcome: JobOutcome, at now: Double) async throws -> Bool {
        try await write { db in
            switch outcome {
            case .done(let duration):
                try db.change(
                    lease, "state = 'done', duration = ?, processed = ?, byte_count = 0" + Self.leaving,
                    [duration, duration, now])
            case .failed(let failure):
                try db.change(
                    lease, "state = 'failed', failure = ?, byte_count = 0" + Self.leaving, [failure, now])
            case .released:
                try db.change(lease, "state = 'queued'" + Self.leaving, [now])
            }
        }
    }

    private static let leaving = ", lease_end = NULL, updated_at = ?, version = version + 1"

    package func takeBack(
        _ leases: JobLeases, deathLimit: Int, failure: String, at now: Double
    ) async throws -> [Job] {
        try await write { db in
            try db.jobs(
                """
                UPDATE job SET lease_end = NULL, death_count = death_count + 1, updated_at = ?, version = version + 1,
                    state = CASE WHEN death_count + 1 >= ? THEN 'failed' ELSE 'queued' END,
                    failure = CASE WHEN death_count + 1 >= ? THEN ? END,
                    byte_count = CASE WHEN death_count + 1 >= ? THEN 0 ELSE byte_count END
                WHERE state = 'processing' AND (? OR lease_end < ?) RETURNING *
                """,
                [now, deathLimit, deathLimit, failure, deathLimit, leases == .all, now])
        }
    }

    package func removeExpired(_ retention: JobRetention, at now: Double) async throws -> Int {
        let removed = try await write { db in
            var removed = 0
            let over = JobState.list(JobState.allCases.filter(\.isTerminal))
            func remove(_ condition: String, _ arguments: StatementArguments) throws {
                try db.execute(
                    sql: "DELETE FROM job WHERE state IN \(over) AND \(condition)", arguments: arguments)
                removed += db.changesCount
            }
            if retention.seconds > 0 { try remove("updated_at < ?", [now - retention.seconds]) }
            if retention.count > 0 {
                try remove(
                    """
                    number NOT IN (SELECT number FROM job WHERE state IN \(over)
                        ORDER BY updated_at DESC, number DESC LIMIT ?)
                    """, [retention.count])
            }
            if retention.byteCount > 0 {
                try remove(
                    """
                    number IN (SELECT number FROM (
                        SELECT number, sum(result_byte_count) OVER (ORDER BY updated_at DESC, number DESC) AS bytes
                        FROM job WHERE state IN \(over)) WHERE bytes > ?)
                    """, [retention.byteCount])
            }
            return removed
        }
        if removed > 0 { holdsRemoved.withLock { $0 = true } }
        try await emptyLog()
        return removed
    }

    package func storedAudio() async throws -> Set<String> {
        try await read { db in
            try String.fetchSet(
                db,
                sql: """
                    SELECT audio FROM job WHERE is_reference = 0 AND state IN \(JobState.openList)
                    UNION ALL SELECT id FROM upload WHERE is_finished = 0
                    """)
        }
    }
}

extension Database {
    /// Changes a job if the lease is still held.
    fileprivate func change(
        _ lease: JobLease, _ assignments: String, _ arguments: StatementArguments
    ) throws -> Bool {
        try changes(
            "UPDATE job SET \(assignments) WHERE id = ? AND attempt = ? AND state = 'processing'",
            arguments + [lease.id, lease.attempt])
    }
}

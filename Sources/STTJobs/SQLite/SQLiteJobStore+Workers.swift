import Foundation
import GRDB
import Synchronization

extension SQLiteJobStore {
    package func claim(until lease: Double, at now: Double) async throws -> ClaimedJob? {
        try await write { db in
            guard let next = try db.nextToClaim() else { return nil }
            guard let part = next.part else {
                let claimed = try Row.fetchOne(
                    db.cachedStatement(
                        sql: """
                            UPDATE job SET state = 'processing', attempt = attempt + 1, lease_end = ?, updated_at = ?,
                                version = version + 1
                            WHERE number = ? AND state = 'queued' RETURNING *
                            """), arguments: [lease, now, next.job])
                return try claimed.map { try db.claimed($0, next.job) }
            }
            return try db.claim(part: part, of: next.job, until: lease)
        }
    }

    package func renew(_ lease: JobLease, until end: Double) async throws -> Bool {
        try await write { db in
            if let part = lease.part { return try db.change(part, lease, "lease_end = ?", [end]) }
            return try db.change(lease, "lease_end = ?", [end])
        }
    }

    package func note(duration: Double, _ lease: JobLease) async throws -> Bool {
        try await write { try $0.change(lease, "duration = ?, version = version + 1", [duration]) }
    }

    package func append(
        _ utterance: StoredUtterance, _ lease: JobLease, until end: Double
    ) async throws -> Bool {
        try await write { db in
            let isHeld =
                if let part = lease.part {
                    try db.advance(part, lease, by: utterance, until: end)
                } else {
                    try db.change(
                        lease,
                        """
                        lease_end = ?, processed = max(processed, ?), death_count = 0, version = version + 1,
                            result_byte_count = result_byte_count + ?
                        """, [end, utterance.end, utterance.content.count])
                }
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

    package func settle(
        _ lease: JobLease, as outcome: JobOutcome, at now: Double
    ) async throws -> JobSettlement {
        try await write { db in
            if let part = lease.part { return try db.settle(part, lease, as: outcome, at: now) }
            let leaving = ", lease_end = NULL, updated_at = ?, version = version + 1"
            let isHeld =
                switch outcome {
                case .done(let duration):
                    try db.change(
                        lease, "state = 'done', duration = ?, processed = ?, byte_count = 0" + leaving,
                        [duration, duration, now])
                case .failed(let failure):
                    try db.change(lease, "state = 'failed', failure = ?, byte_count = 0" + leaving, [failure, now])
                case .released: try db.change(lease, "state = 'queued'" + leaving, [now])
                }
            guard isHeld else { return .lost }
            return outcome == .released ? .open : .over
        }
    }

    package func takeBack(
        _ leases: JobLeases, deathLimit: Int, failure: String, at now: Double
    ) async throws -> [Job] {
        // The lease of a job that was cut into parts never ends.
        let end = leases == .all ? Double.greatestFiniteMagnitude : now
        return try await write { db in
            let jobs = try db.jobs(
                """
                UPDATE job SET lease_end = NULL, death_count = death_count + 1, updated_at = ?, version = version + 1,
                    state = CASE WHEN death_count + 1 >= ? THEN 'failed' ELSE 'queued' END,
                    failure = CASE WHEN death_count + 1 >= ? THEN ? END,
                    byte_count = CASE WHEN death_count + 1 >= ? THEN 0 ELSE byte_count END
                WHERE state = 'processing' AND lease_end < ? RETURNING *
                """,
                [now, deathLimit, deathLimit, failure, deathLimit, end])
            return try jobs + db.takeBackParts(until: end, deathLimit: deathLimit, failure: failure, at: now)
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

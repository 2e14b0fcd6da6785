import GRDB

extension SQLiteJobStore {
    package func split(
        _ lease: JobLease, at cuts: [Double], duration: Double, at now: Double
    ) async throws -> Bool {
        try await write { db in
            // The next attempt: what the worker of this one may still write is refused.
            let isHeld = try db.change(
                lease,
                """
                attempt = attempt + 1, lease_end = 9e999, death_count = 0, duration = ?, open_parts = ?, updated_at = ?,
                    version = version + 1
                """, [duration, cuts.count + 1, now])
            guard isHeld else { return false }
            for part in JobPart.all(cuts) {
                let share = ((part.end ?? duration) - part.start) / max(duration, 1)
                _ = try db.changes(
                    """
                    INSERT INTO part (job, number, start, end, state, priority, byte_count, position)
                    SELECT number, ?, ?, ?, 'queued', priority, CAST(byte_count * ? AS INTEGER), ?
                    FROM job WHERE id = ?
                    """, [part.number, part.start, part.end, share, part.start, lease.id])
            }
            return true
        }
    }
}

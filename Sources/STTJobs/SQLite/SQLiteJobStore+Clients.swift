import Foundation
import GRDB
import Synchronization

extension SQLiteJobStore {
    package func submit(_ new: NewJob, limits: JobLimits, at now: Double) async throws -> Submission {
        try await write { db in
            if let idempotency = new.idempotency {
                let row = try Row.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT * FROM job WHERE ifnull(owner, '') = ? AND idempotency_key = ?"),
                    arguments: [new.owner ?? "", idempotency.key])
                if let row {
                    let isSame = try row.decode(String.self, forColumn: "request_digest") == idempotency.digest
                    return isSame ? .known(try Job(row)) : .keyReused
                }
            }
            if try db.isFull(limits) { return .full }
            return try db.insert(new, at: now).map { .accepted($0) } ?? .full
        }
    }

    package func isFull(_ limits: JobLimits) async throws -> Bool { try await read { try $0.isFull(limits) } }

    package func job(_ id: String, for reader: JobReader) async throws -> Job? {
        try await read { try $0.job(id, for: reader) }
    }

    package func jobs(_ page: JobPage, for reader: JobReader) async throws -> [Job] {
        var (conditions, arguments) = (["TRUE"], StatementArguments())
        if case .owner(let name) = reader {
            conditions.append("owner = ?")
            arguments += [name]
        }
        if let before = page.before {
            conditions.append("id < ?")
            arguments += [before]
        }
        if let state = page.state {
            conditions.append("state = ?")
            arguments += [state.rawValue]
        }
        arguments += [min(max(page.size, JobPage.sizes.lowerBound), JobPage.sizes.upperBound)]
        let sql = "SELECT * FROM job WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?"
        return try await read { [arguments] in try $0.jobs(sql, arguments) }
    }

    package func utterances(of id: String) async throws -> [StoredUtterance] {
        try await read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT number, channel, end, text, content FROM utterance
                        WHERE job = (SELECT number FROM job WHERE id = ?) ORDER BY number
                        """), arguments: [id])
            return try rows.map { row in
                StoredUtterance(
                    number: try row.decode(forColumn: "number"), channel: try row.decode(forColumn: "channel"),
                    end: try row.decode(forColumn: "end"), text: try row.decode(forColumn: "text"),
                    content: Array(try row.decode(Data.self, forColumn: "content")))
            }
        }
    }

    package func texts(of id: String) async throws -> [String] {
        try await read { db in
            try String.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT text FROM utterance
                        WHERE job = (SELECT number FROM job WHERE id = ?) AND text <> '' ORDER BY number
                        """), arguments: [id])
        }
    }

    package func cancel(_ id: String, for reader: JobReader, at now: Double) async throws -> JobChange {
        try await write { db in
            guard let job = try db.job(id, for: reader) else { return .unknown }
            let isCancelled = try db.changes(
                """
                UPDATE job SET state = 'cancelled', lease_end = NULL, byte_count = 0, updated_at = ?,
                    version = version + 1
                WHERE id = ? AND state IN \(JobState.openList)
                """, [now, id])
            return isCancelled ? .changed(job) : .refused
        }
    }

    package func erase(_ id: String, for reader: JobReader) async throws -> JobChange {
        let change: JobChange = try await write { db in
            guard let job = try db.job(id, for: reader) else { return .unknown }
            try db.execute(sql: "DELETE FROM delivery WHERE job = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM upload WHERE id = ?", arguments: [id])
            return try db.changes("DELETE FROM job WHERE id = ?", [id]) ? .changed(job) : .unknown
        }
        if case .changed = change {
            holdsRemoved.withLock { $0 = true }
            try await emptyLog()
        }
        return change
    }

    /// Empties the write-ahead log, which still holds what was removed from the database. While something is read, the
    /// next removal of what has expired does it.
    func emptyLog() async throws {
        guard holdsRemoved.withLock({ $0 }) else { return }
        try await JobStoreError.translating {
            do {
                try await pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
                holdsRemoved.withLock { $0 = false }
            } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
                return
            }
        }
    }

    package func counts() async throws -> [JobState: Int] {
        try await read { db in
            var counts: [JobState: Int] = [:]
            for row in try Row.fetchAll(
                db.cachedStatement(sql: "SELECT state, count(*) AS count FROM job GROUP BY state"))
            {
                guard let state = JobState(rawValue: try row.decode(forColumn: "state")) else { continue }
                counts[state] = try row.decode(forColumn: "count")
            }
            return counts
        }
    }

    package func waitingByteCount() async throws -> Int {
        try await read { db in
            let sql = """
                SELECT (SELECT ifnull(sum(byte_count), 0) FROM job WHERE byte_count > 0 AND state = 'queued')
                    + (SELECT ifnull(sum(byte_count), 0) FROM part WHERE state = 'queued')
                """
            return try Int.fetchOne(db.cachedStatement(sql: sql)) ?? 0
        }
    }
}

extension Database {
    /// Stores a job that waits.
    func insert(_ new: NewJob, at now: Double) throws -> Job? {
        let (audio, isReference) =
            switch new.audio {
            case .stored(let name): (name, false)
            case .reference(let path): (path, true)
            }
        return try job(
            """
            INSERT INTO job (id, owner, state, priority, query, audio, is_reference, byte_count, created_at,
                updated_at, idempotency_key, request_digest)
            VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *
            """,
            [
                new.id, new.owner, new.priority.rawValue, new.query, audio, isReference, new.byteCount, now, now,
                new.idempotency?.key, new.idempotency?.digest,
            ])
    }

    /// Whether a new job would be refused. An upload counts as the job that it becomes.
    func isFull(_ limits: JobLimits) throws -> Bool {
        try Bool.fetchOne(
            cachedStatement(sql: "SELECT job_count >= ? OR byte_count >= ? FROM total"),
            arguments: [limits.count, limits.byteCount]) ?? true
    }

    /// A job that the reader may see.
    func job(_ id: String, for reader: JobReader) throws -> Job? {
        switch reader {
        case .all: try job("SELECT * FROM job WHERE id = ?", [id])
        case .owner(let name): try job("SELECT * FROM job WHERE id = ? AND owner = ?", [id, name])
        }
    }
}

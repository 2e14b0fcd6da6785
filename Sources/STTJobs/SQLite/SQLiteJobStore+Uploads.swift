import GRDB

extension SQLiteJobStore: UploadStore {
    package func create(_ upload: PendingUpload, limits: JobLimits) async throws -> Bool {
        try await write { db in
            if try db.isFull(limits) { return false }
            return try db.changes(
                "INSERT INTO upload (id, owner, length, query, priority, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                [upload.id, upload.owner, upload.length, upload.query, upload.priority.rawValue, upload.expiresAt])
        }
    }

    package func upload(_ id: String, for reader: JobReader) async throws -> PendingUpload? {
        try await read { try $0.upload(id, for: reader) }
    }

    package func keepUpload(_ id: String, until end: Double) async throws -> Bool {
        try await write { try $0.changes("UPDATE upload SET expires_at = ? WHERE id = ?", [end, id]) }
    }

    package func finishUpload(_ id: String, at now: Double) async throws -> Job? {
        try await write { db in
            guard try db.changes("UPDATE upload SET is_finished = 1 WHERE id = ? AND is_finished = 0", [id]),
                let upload = try db.upload(id, for: .all)
            else { return nil }
            var job = NewJob(id: id, owner: upload.owner, audio: .stored(id))
            (job.query, job.priority, job.byteCount) = (upload.query, upload.priority, upload.length)
            return try db.insert(job, at: now)
        }
    }

    package func removeUpload(_ id: String, for reader: JobReader) async throws -> PendingUpload? {
        try await write { db in
            guard let upload = try db.upload(id, for: reader) else { return nil }
            return try db.changes("DELETE FROM upload WHERE id = ?", [id]) ? upload : nil
        }
    }

    package func removeExpiredUploads(at now: Double) async throws -> [PendingUpload] {
        let ids = try await read { db in
            try String.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM upload WHERE expires_at < ?"), arguments: [now])
        }
        // Nothing is written where there is none.
        if ids.isEmpty { return [] }
        return try await write { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "DELETE FROM upload WHERE expires_at < ? RETURNING *"), arguments: [now]
            ).map(PendingUpload.init)
        }
    }

    package func unfinishedUploads() async throws -> [PendingUpload] {
        try await read { db in
            try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM upload WHERE is_finished = 0"))
                .map(PendingUpload.init)
        }
    }
}

extension Database {
    fileprivate func upload(_ id: String, for reader: JobReader) throws -> PendingUpload? {
        let row =
            switch reader {
            case .all: try Row.fetchOne(self, sql: "SELECT * FROM upload WHERE id = ?", arguments: [id])
            case .owner(let name):
                try Row.fetchOne(
                    self, sql: "SELECT * FROM upload WHERE id = ? AND owner = ?", arguments: [id, name])
            }
        return try row.map(PendingUpload.init)
    }
}

extension PendingUpload {
    fileprivate init(_ row: Row) throws {
        guard let priority = try JobPriority(rawValue: row.decode(Int.self, forColumn: "priority")) else {
            throw JobStoreError(.damaged, "The database of jobs holds an upload that makes no sense. Remove it.")
        }
        self.init(
            id: try row.decode(forColumn: "id"), owner: try row.decode(forColumn: "owner"),
            length: try row.decode(forColumn: "length"), query: try row.decode(forColumn: "query"),
            priority: priority, expiresAt: try row.decode(forColumn: "expires_at"),
            isFinished: try row.decode(forColumn: "is_finished"))
    }
}

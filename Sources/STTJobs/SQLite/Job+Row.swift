import GRDB

extension Job {
    /// A row of the table of jobs.
    init(_ row: Row) throws {
        let state = try JobState(rawValue: row.decode(String.self, forColumn: "state"))
        let priority = try JobPriority(rawValue: row.decode(Int.self, forColumn: "priority"))
        let audio = try row.decode(String.self, forColumn: "audio")
        guard let state, let priority else {
            throw JobStoreError(.damaged, "The database of jobs holds a job that makes no sense. Erase that job.")
        }
        self.init(
            id: try row.decode(forColumn: "id"), owner: try row.decode(forColumn: "owner"), state: state,
            priority: priority, query: try row.decode(forColumn: "query"),
            audio: try row.decode(Bool.self, forColumn: "is_reference") ? .reference(audio) : .stored(audio),
            byteCount: try row.decode(forColumn: "byte_count"), createdAt: try row.decode(forColumn: "created_at"),
            updatedAt: try row.decode(forColumn: "updated_at"), attempt: try row.decode(forColumn: "attempt"),
            deathCount: try row.decode(forColumn: "death_count"), version: try row.decode(forColumn: "version"),
            duration: try row.decode(forColumn: "duration"), processed: try row.decode(forColumn: "processed"),
            failure: try row.decode(forColumn: "failure"))
    }
}

extension Database {
    /// The jobs that a statement returns.
    func jobs(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [Job] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments).map(Job.init)
    }

    /// The job that a statement returns, which returns one at most.
    func job(_ sql: String, _ arguments: StatementArguments) throws -> Job? { try jobs(sql, arguments).first }

    /// Performs a statement and tells whether it changed a row.
    func changes(_ sql: String, _ arguments: StatementArguments) throws -> Bool {
        try cachedStatement(sql: sql).execute(arguments: arguments)
        return changesCount > 0
    }
}

import GRDB

/// The tables of the SQLite store. A migration is never changed once it was released; a later one follows it.
enum JobSchema {
    /// Brings a database up to date.
    ///
    /// Throws `JobStoreError` with code `newerSchema` for one that has a migration this version does not know.
    static func migrate(_ pool: DatabasePool) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 jobs", migrate: makeTables)
        migrator.registerMigration("2 deliveries", migrate: makeDeliveries)
        migrator.registerMigration("3 uploads", migrate: makeUploads)
        // Messages about calls, whose columns of jobs mean nothing.
        migrator.registerMigration("4 calls") { try $0.execute(sql: "ALTER TABLE delivery ADD COLUMN content TEXT") }
        migrator.registerMigration("5 totals", migrate: makeTotals)
        migrator.registerMigration("6 parts", migrate: makeParts)
        if try pool.read(migrator.hasBeenSuperseded) {
            throw JobStoreError(
                .newerSchema,
                "The job folder was used by a newer version of gigastt. Start that version, or set another --jobs-dir.")
        }
        try migrator.migrate(pool)
    }

    private static func makeTables(_ db: Database) throws {
        let states = JobState.list(JobState.allCases)
        try db.execute(
            sql: """
                CREATE TABLE job (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    owner TEXT,
                    state TEXT NOT NULL CHECK (state IN \(states)),
                    priority INTEGER NOT NULL,
                    query TEXT NOT NULL,
                    audio TEXT NOT NULL,
                    is_reference INTEGER NOT NULL,
                    byte_count INTEGER NOT NULL,
                    created_at REAL NOT NULL,
                    updated_at REAL NOT NULL,
                    attempt INTEGER NOT NULL DEFAULT 0,
                    death_count INTEGER NOT NULL DEFAULT 0,
                    lease_end REAL,
                    version INTEGER NOT NULL DEFAULT 1,
                    duration REAL,
                    processed REAL NOT NULL DEFAULT 0,
                    failure TEXT,
                    result_byte_count INTEGER NOT NULL DEFAULT 0,
                    idempotency_key TEXT,
                    request_digest TEXT,
                    CHECK ((state = 'processing') = (lease_end IS NOT NULL))
                ) STRICT;
                CREATE TABLE utterance (
                    job INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
                    number INTEGER NOT NULL,
                    channel INTEGER NOT NULL,
                    end REAL NOT NULL,
                    text TEXT NOT NULL,
                    content BLOB NOT NULL,
                    PRIMARY KEY (job, number)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX job_queue ON job (death_count DESC, priority DESC, number) WHERE state = 'queued';
                CREATE INDEX job_state ON job (state, updated_at);
                CREATE INDEX job_list ON job (state, id);
                CREATE INDEX job_owner ON job (owner, id);
                CREATE INDEX job_audio ON job (byte_count) WHERE byte_count > 0;
                CREATE UNIQUE INDEX job_idempotency ON job (ifnull(owner, ''), idempotency_key)
                    WHERE idempotency_key IS NOT NULL;
                """)
    }

    /// A delivery has what it says of its job, which may be removed first.
    private static func makeDeliveries(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE delivery (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    job TEXT NOT NULL,
                    owner TEXT,
                    state TEXT NOT NULL,
                    created_at REAL NOT NULL,
                    ended_at REAL NOT NULL,
                    processed REAL NOT NULL,
                    failure TEXT,
                    attempt INTEGER NOT NULL DEFAULT 0,
                    next_at REAL NOT NULL
                ) STRICT;
                CREATE INDEX delivery_due ON delivery (next_at, number);
                CREATE INDEX delivery_job ON delivery (job);
                """)
    }

    private static func makeUploads(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE upload (
                    id TEXT NOT NULL PRIMARY KEY,
                    owner TEXT,
                    length INTEGER NOT NULL,
                    query TEXT NOT NULL,
                    priority INTEGER NOT NULL,
                    expires_at REAL NOT NULL,
                    is_finished INTEGER NOT NULL DEFAULT 0
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX upload_expiry ON upload (expires_at);
                CREATE INDEX upload_open ON upload (length) WHERE is_finished = 0;
                """)
    }
}

import GRDB

extension JobSchema {
    /// A job that was cut into parts stays in progress, with a lease that never ends, until its last part is done.
    static func makeParts(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE job ADD COLUMN open_parts INTEGER NOT NULL DEFAULT 0;
                CREATE TABLE part (
                    job INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
                    number INTEGER NOT NULL,
                    start REAL NOT NULL,
                    end REAL,
                    state TEXT NOT NULL CHECK (state IN ('queued', 'processing', 'done')),
                    priority INTEGER NOT NULL,
                    byte_count INTEGER NOT NULL,
                    attempt INTEGER NOT NULL DEFAULT 0,
                    death_count INTEGER NOT NULL DEFAULT 0,
                    lease_end REAL,
                    position REAL NOT NULL,
                    PRIMARY KEY (job, number),
                    CHECK ((state = 'processing') = (lease_end IS NOT NULL))
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX part_queue ON part (death_count DESC, priority DESC, job, number) WHERE state = 'queued';
                CREATE INDEX part_lease ON part (lease_end) WHERE state = 'processing';
                CREATE TRIGGER job_parts AFTER UPDATE OF state ON job
                WHEN OLD.open_parts > 0 AND NEW.state NOT IN \(JobState.openList)
                BEGIN
                    DELETE FROM part WHERE job = NEW.number;
                END;
                """)
    }
}

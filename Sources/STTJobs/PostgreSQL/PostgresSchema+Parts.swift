extension PostgresSchema {
    /// Parts of jobs, which a trigger removes with what an older server ends: to it, a job that was cut into parts is one
    /// that another server has leased.
    static let parts = [
        "ALTER TABLE gigastt.job ADD COLUMN open_parts bigint NOT NULL DEFAULT 0",
        """
        CREATE TABLE gigastt.part (
            job bigint NOT NULL REFERENCES gigastt.job ON DELETE CASCADE,
            number bigint NOT NULL,
            start float8 NOT NULL,
            "end" float8,
            state text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'processing', 'done')),
            priority int NOT NULL,
            byte_count bigint NOT NULL,
            attempt bigint NOT NULL DEFAULT 0,
            death_count int NOT NULL DEFAULT 0,
            worker text,
            lease_end float8,
            position float8 NOT NULL,
            PRIMARY KEY (job, number),
            CHECK ((state = 'processing') = (lease_end IS NOT NULL))
        )
        """,
        """
        CREATE INDEX part_queue ON gigastt.part (death_count DESC, priority DESC, job, number) WHERE state = 'queued'
        """,
        "CREATE INDEX part_lease ON gigastt.part (worker, lease_end) WHERE state = 'processing'",
        """
        CREATE FUNCTION gigastt.remove_parts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM gigastt.part WHERE job = NEW.number;
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER job_parts AFTER UPDATE OF state ON gigastt.job FOR EACH ROW
        WHEN (NEW.state NOT IN \(open) AND OLD.state IN \(open) AND OLD.open_parts > 0)
        EXECUTE FUNCTION gigastt.remove_parts()
        """,
    ]
}

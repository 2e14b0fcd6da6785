extension PostgresSchema {
    /// What submissions compare with the limits, however many jobs there are. Triggers keep it, so that it holds for what an
    /// older server does.
    static let totals = [
        // Each connection has a row of its own, as a rule: servers that submit at the same time do not wait for each other.
        "CREATE TABLE gigastt.total (shard int PRIMARY KEY, job_count bigint NOT NULL, byte_count bigint NOT NULL)",
        "INSERT INTO gigastt.total SELECT shard, 0, 0 FROM generate_series(0, 255) AS shards (shard)",
        """
        CREATE FUNCTION gigastt.count_total(jobs bigint, bytes bigint) RETURNS void LANGUAGE sql AS $$
            UPDATE gigastt.total SET job_count = job_count + jobs, byte_count = byte_count + bytes
            WHERE shard = pg_backend_pid() % 256
        $$
        """,
        """
        CREATE FUNCTION gigastt.count_job() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                PERFORM gigastt.count_total(1, NEW.byte_count);
            ELSIF TG_OP = 'DELETE' THEN
                PERFORM gigastt.count_total(-1, -OLD.byte_count);
            ELSE
                PERFORM gigastt.count_total(0, NEW.byte_count - OLD.byte_count);
            END IF;
            RETURN NULL;
        END $$
        """,
        """
        CREATE FUNCTION gigastt.count_upload() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            change bigint := 0;
        BEGIN
            IF TG_OP <> 'INSERT' AND NOT OLD.is_finished THEN
                change := change - 1;
            END IF;
            IF TG_OP <> 'DELETE' AND NOT NEW.is_finished THEN
                change := change + 1;
            END IF;
            IF change <> 0 THEN
                PERFORM gigastt.count_total(change, change * coalesce(NEW.length, OLD.length));
            END IF;
            RETURN NULL;
        END $$
        """,
        // Their names come last: a row of the totals is locked when all else is.
        """
        CREATE TRIGGER job_total AFTER INSERT OR DELETE ON gigastt.job FOR EACH ROW
        EXECUTE FUNCTION gigastt.count_job()
        """,
        """
        CREATE TRIGGER job_total_bytes AFTER UPDATE OF byte_count ON gigastt.job FOR EACH ROW
        WHEN (NEW.byte_count <> OLD.byte_count) EXECUTE FUNCTION gigastt.count_job()
        """,
        """
        CREATE TRIGGER upload_total AFTER INSERT OR DELETE OR UPDATE OF is_finished ON gigastt.upload FOR EACH ROW
        EXECUTE FUNCTION gigastt.count_upload()
        """,
        // The triggers have locked both tables for writers.
        """
        UPDATE gigastt.total SET
            job_count = (SELECT count(*) FROM gigastt.job)
                + (SELECT count(*) FROM gigastt.upload WHERE NOT is_finished),
            byte_count = (SELECT coalesce(sum(byte_count), 0) FROM gigastt.job)
                + (SELECT coalesce(sum(length), 0) FROM gigastt.upload WHERE NOT is_finished)
        WHERE shard = 0
        """,
    ]
}

import GRDB

extension JobSchema {
    /// What a submission compares with the limits, however many jobs there are: an upload counts as the job that it becomes.
    static func makeTotals(_ db: Database) throws {
        let add = "UPDATE total SET job_count = job_count"
        try db.execute(
            sql: """
                CREATE TABLE total (job_count INTEGER NOT NULL, byte_count INTEGER NOT NULL) STRICT;
                INSERT INTO total SELECT
                    (SELECT count(*) FROM job) + (SELECT count(*) FROM upload WHERE is_finished = 0),
                    (SELECT ifnull(sum(byte_count), 0) FROM job)
                        + (SELECT ifnull(sum(length), 0) FROM upload WHERE is_finished = 0);
                CREATE TRIGGER job_added AFTER INSERT ON job BEGIN
                    \(add) + 1, byte_count = byte_count + NEW.byte_count;
                END;
                CREATE TRIGGER job_resized AFTER UPDATE OF byte_count ON job
                WHEN NEW.byte_count <> OLD.byte_count
                BEGIN
                    UPDATE total SET byte_count = byte_count + NEW.byte_count - OLD.byte_count;
                END;
                CREATE TRIGGER job_removed AFTER DELETE ON job BEGIN
                    \(add) - 1, byte_count = byte_count - OLD.byte_count;
                END;
                CREATE TRIGGER upload_added AFTER INSERT ON upload WHEN NEW.is_finished = 0 BEGIN
                    \(add) + 1, byte_count = byte_count + NEW.length;
                END;
                CREATE TRIGGER upload_finished AFTER UPDATE OF is_finished ON upload
                WHEN NEW.is_finished <> OLD.is_finished
                BEGIN
                    \(add) + OLD.is_finished - NEW.is_finished,
                        byte_count = byte_count + (OLD.is_finished - NEW.is_finished) * NEW.length;
                END;
                CREATE TRIGGER upload_removed AFTER DELETE ON upload WHEN OLD.is_finished = 0 BEGIN
                    \(add) - 1, byte_count = byte_count - OLD.length;
                END;
                """)
    }
}

/// The tables of the store in PostgreSQL: a schema of their own, which servers of two versions may use at the same time.
///
/// A migration is never changed once it was released; a later one follows it and only adds, so that a server that is one
/// version older works on. One that has to take something away raises `oldest`.
struct PostgresSchema: Sendable {
    /// The migrations; the version of a schema is how many of them it has had.
    var migrations = [Self.first, Self.totals, Self.parts]
    /// The oldest version of a program that can use the schema that this one makes.
    var oldest = 1

    /// Sets up a connection.
    static let session = """
        SELECT set_config('statement_timeout', '20s', false), set_config('lock_timeout', '10s', false),
            set_config('idle_in_transaction_session_timeout', '30s', false),
            set_config('default_transaction_isolation', 'read committed', false),
            set_config('gigastt.delivery_limit', $1, false)
        """

    /// Brings the schema up to date. Servers that start at the same time wait for one another.
    ///
    /// Throws `PostgresFailure`, and `JobStoreError` with code `newerSchema` for a schema that this version cannot use.
    func migrate(_ connection: PostgresConnection) async throws {
        // A user without the right to make tables can work with those that are there.
        if try await version(of: connection) ?? 0 >= migrations.count { return }
        _ = try await connection.perform("BEGIN")
        do {
            _ = try await connection.perform("SELECT pg_advisory_xact_lock(hashtextextended('gigastt.schema', 0))")
            if let version = try await version(of: connection) {
                try await apply(migrations.dropFirst(version), on: connection)
                _ = try await connection.perform(
                    "UPDATE gigastt.schema SET version = greatest(version, $1::int), oldest = greatest(oldest, $2::int)",
                    [PostgresValue(migrations.count), PostgresValue(oldest)])
            } else {
                _ = try await connection.perform("CREATE SCHEMA IF NOT EXISTS gigastt")
                _ = try await connection.perform(
                    "CREATE TABLE gigastt.schema (version int NOT NULL, oldest int NOT NULL)")
                try await apply(migrations[...], on: connection)
                _ = try await connection.perform(
                    "INSERT INTO gigastt.schema VALUES ($1::int, $2::int)",
                    [PostgresValue(migrations.count), PostgresValue(oldest)])
            }
        } catch {
            _ = try? await connection.perform("ROLLBACK")
            throw error
        }
        _ = try await connection.perform("COMMIT")
    }

    /// The version of the schema that is there; `nil` when there is none.
    private func version(of connection: PostgresConnection) async throws -> Int? {
        // `to_regclass` may answer from the catalog cache, without the tables that another server has just made.
        let tables = try await connection.perform(
            """
            SELECT 1 FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = 'gigastt' AND relname = 'schema'
            """)
        guard !tables.isEmpty,
            let row = try await connection.perform("SELECT version, oldest FROM gigastt.schema").first
        else { return nil }
        guard try row.value("oldest", as: Int.self) <= migrations.count else {
            throw JobStoreError(
                .newerSchema,
                "The database of jobs was used by a newer version of gigastt. Start that version, or set another "
                    + "--jobs-store.")
        }
        return try row.value("version")
    }

    private func apply(_ migrations: ArraySlice<[String]>, on connection: PostgresConnection) async throws {
        for statement in migrations.flatMap(\.self) { _ = try await connection.perform(statement) }
    }

    private static let states = JobState.list(JobState.allCases)
    static let open = JobState.openList

    /// Texts are compared byte by byte: pages are in order of the identifiers.
    private static let first = [
        """
        CREATE TABLE gigastt.job (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            owner text COLLATE "C",
            state text COLLATE "C" NOT NULL CHECK (state IN \(states)),
            priority int NOT NULL,
            query text NOT NULL,
            audio text NOT NULL,
            is_reference boolean NOT NULL,
            byte_count bigint NOT NULL,
            created_at float8 NOT NULL,
            updated_at float8 NOT NULL,
            attempt bigint NOT NULL DEFAULT 0,
            death_count int NOT NULL DEFAULT 0,
            worker text,
            lease_end float8,
            version bigint NOT NULL DEFAULT 1,
            duration float8,
            processed float8 NOT NULL DEFAULT 0,
            failure text,
            result_byte_count bigint NOT NULL DEFAULT 0,
            idempotency_key text COLLATE "C",
            request_digest text COLLATE "C",
            CHECK ((state = 'processing') = (lease_end IS NOT NULL))
        )
        """,
        """
        CREATE TABLE gigastt.utterance (
            job bigint NOT NULL REFERENCES gigastt.job ON DELETE CASCADE,
            number bigint NOT NULL,
            channel int NOT NULL,
            "end" float8 NOT NULL,
            text text NOT NULL,
            content bytea NOT NULL,
            PRIMARY KEY (job, number)
        )
        """,
        "CREATE INDEX job_queue ON gigastt.job (death_count DESC, priority DESC, number) WHERE state = 'queued'",
        "CREATE INDEX job_lease ON gigastt.job (worker, lease_end) WHERE state = 'processing'",
        "CREATE INDEX job_state ON gigastt.job (state, updated_at)",
        "CREATE INDEX job_list ON gigastt.job (state, id)",
        "CREATE INDEX job_owner ON gigastt.job (owner, id)",
        "CREATE INDEX job_audio ON gigastt.job (byte_count) WHERE byte_count > 0",
        """
        CREATE UNIQUE INDEX job_idempotency ON gigastt.job (coalesce(owner, ''), idempotency_key)
            WHERE idempotency_key IS NOT NULL
        """,
        """
        CREATE TABLE gigastt.delivery (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            job text COLLATE "C" NOT NULL,
            owner text COLLATE "C",
            state text COLLATE "C" NOT NULL,
            created_at float8 NOT NULL,
            ended_at float8 NOT NULL,
            processed float8 NOT NULL,
            failure text,
            attempt int NOT NULL DEFAULT 0,
            next_at float8 NOT NULL,
            content text
        )
        """,
        "CREATE INDEX delivery_due ON gigastt.delivery (next_at, number)",
        "CREATE INDEX delivery_job ON gigastt.delivery (job)",
        """
        CREATE TABLE gigastt.upload (
            id text COLLATE "C" NOT NULL PRIMARY KEY,
            owner text COLLATE "C",
            length bigint NOT NULL,
            query text NOT NULL,
            priority int NOT NULL,
            expires_at float8 NOT NULL,
            is_finished boolean NOT NULL DEFAULT false
        )
        """,
        "CREATE INDEX upload_expiry ON gigastt.upload (expires_at)",
        "CREATE INDEX upload_open ON gigastt.upload (length) WHERE NOT is_finished",
        // A server without a receiver makes no deliveries: its sessions have the limit 0.
        """
        CREATE FUNCTION gigastt.deliver() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO gigastt.delivery (id, job, owner, state, created_at, ended_at, processed, failure, next_at)
            VALUES (NEW.id || '_' || NEW.state, NEW.id, NEW.owner, NEW.state, NEW.created_at, NEW.updated_at,
                NEW.processed, NEW.failure, NEW.updated_at);
            DELETE FROM gigastt.delivery WHERE number <= (SELECT max(number) FROM gigastt.delivery)
                - current_setting('gigastt.delivery_limit')::bigint;
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER job_end AFTER UPDATE OF state ON gigastt.job FOR EACH ROW
        WHEN (NEW.state NOT IN \(open) AND OLD.state IN \(open)
            AND coalesce(nullif(current_setting('gigastt.delivery_limit', true), ''), '0') <> '0')
        EXECUTE FUNCTION gigastt.deliver()
        """,
    ]
}

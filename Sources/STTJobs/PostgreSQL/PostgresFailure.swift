/// Why a statement was not performed, in the terms of PostgreSQL.
struct PostgresFailure: Error, Sendable, Hashable {
    /// The kinds of failure.
    enum Kind: Sendable, Hashable {
        /// The library libpq is not installed.
        case libraryMissing
        /// The address is none of PostgreSQL.
        case addressInvalid
        /// There is no connection, or it was lost; whether the statement was performed is not known.
        case disconnected
        /// The server did not answer in time; the connection is closed.
        case timedOut
        /// More statements wait than are allowed.
        case overloaded
        /// The server refused the statement, with this code of appendix A of its manual.
        case refused(String)
        /// A value is not what the table holds.
        case undecodable
    }

    let kind: Kind
    /// What libpq or the server says: no password, no statement, no parameter.
    var detail = ""

    /// Whether the connection cannot be used any more.
    var endsConnection: Bool {
        switch kind {
        case .disconnected, .timedOut: true
        // 57P: the server shuts down, or an operator has ended the connection.
        case .refused(let code): code.hasPrefix("08") || code.hasPrefix("57P")
        case .libraryMissing, .addressInvalid, .overloaded, .undecodable: false
        }
    }
}

extension JobStoreError {
    init(_ failure: PostgresFailure) {
        switch failure.kind {
        case .libraryMissing:
            self.init(
                .unusable,
                "PostgreSQL's client library was not found. Install libpq (Debian: libpq5), or start without --jobs-store."
            )
        case .addressInvalid:
            self.init(
                .unusable, "--jobs-store is no address of PostgreSQL. Write it as postgres://user@host:port/database.")
        case .disconnected, .timedOut, .overloaded: self.init(.failed, Self.noAnswer, detail: failure.detail)
        case .undecodable: self.init(.damaged, Self.damaged, detail: failure.detail)
        case .refused(let code): self = Self.refused(code, "PostgreSQL \(code): \(failure.detail)")
        }
    }

    private static func refused(_ code: String, _ detail: String) -> JobStoreError {
        switch (code, code.prefix(2)) {
        case ("53100", _):
            JobStoreError(
                .full, "There is no space left for jobs. Free some on the disk of PostgreSQL.", detail: detail)
        // 28: the user or the password; 3D000: no such database; 42501, 25006: no permission, read-only.
        case ("3D000", _), ("42501", _), ("25006", _), (_, "28"):
            JobStoreError(
                .unusable,
                "The database of jobs cannot be used. Check the user, the password, the database and its permissions.",
                detail: detail)
        // Of constraints, and of data that is damaged.
        case (_, "23"), (_, "XX"): JobStoreError(.damaged, damaged, detail: detail)
        default: JobStoreError(.failed, noAnswer, detail: detail)
        }
    }

    private static let noAnswer =
        "The database of jobs does not answer. Check that PostgreSQL runs and can be reached; it is tried again."
    private static let damaged = "The database of jobs is damaged. Restore the schema gigastt, or remove it."
}

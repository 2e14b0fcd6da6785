import GRDB

extension JobStoreError {
    /// The failure behind an error of the database. What belongs to Swift concurrency passes unchanged.
    static func translating<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw JobStoreError(error)
        } catch let error as RowDecodingError {
            throw JobStoreError(.damaged, damaged, detail: "\(error)")
        }
    }

    init(_ error: DatabaseError) {
        // The statement may hold what clients sent; the code and the words of SQLite do not.
        let detail = "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "")"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "There is no space left for jobs. Free some on the disk of --jobs-dir.", detail: detail)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_IOERR:
            self.init(
                .unusable,
                "The job folder cannot be read or written. Check the permissions and disk of --jobs-dir.",
                detail: detail)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT:
            self.init(.damaged, Self.damaged, detail: detail)
        default:
            self.init(
                .failed, "The database of jobs does not answer. Try again later.", detail: detail)
        }
    }

    private static let damaged =
        "The database of jobs is damaged. Move the folder of --jobs-dir away and start again with an empty one."
}

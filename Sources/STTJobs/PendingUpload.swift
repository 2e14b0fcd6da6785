/// A recording that arrives in parts. When it is whole, it becomes the job of the same identifier; its bytes are in the file
/// of that name in the job folder, whose length is what has arrived.
package struct PendingUpload: Sendable, Hashable {
    package var id: String
    /// The name of the API key that began it.
    package var owner: String?
    /// Bytes of the whole recording.
    package var length: Int
    /// The query and the priority of the job.
    package var query: String
    package var priority: JobPriority
    /// Seconds since 1970 after which it may be removed.
    package var expiresAt: Double
    /// Whether its job is stored.
    package var isFinished = false

    package init(
        id: String, owner: String?, length: Int, query: String, priority: JobPriority, expiresAt: Double,
        isFinished: Bool = false
    ) {
        self.id = id
        self.owner = owner
        self.length = length
        self.query = query
        self.priority = priority
        self.expiresAt = expiresAt
        self.isFinished = isFinished
    }
}

/// Uploads under way. Every method throws as `JobStore` does.
package protocol UploadStore: Sendable {
    /// Stores an upload; `false` when the limits are reached, in which uploads count as the jobs that they become.
    func create(_ upload: PendingUpload, limits: JobLimits) async throws -> Bool

    /// An upload that the reader may see.
    func upload(_ id: String, for reader: JobReader) async throws -> PendingUpload?

    /// Keeps an upload until `end`; `false` when there is none.
    func keepUpload(_ id: String, until end: Double) async throws -> Bool

    /// Stores the job of an upload that is whole, once; `nil` when there is no such upload, or its job is stored.
    func finishUpload(_ id: String, at now: Double) async throws -> Job?

    /// Removes an upload and returns it; its job stays.
    func removeUpload(_ id: String, for reader: JobReader) async throws -> PendingUpload?

    /// Removes and returns the uploads whose time is over.
    func removeExpiredUploads(at now: Double) async throws -> [PendingUpload]

    /// The uploads without a job.
    func unfinishedUploads() async throws -> [PendingUpload]
}

import Foundation
import Logging
import NIOPosix
import STTJobs
import Synchronization

/// What the routes and the workers of jobs share: the store, the folder and the limits.
final class Jobs: Sendable {
    let store: any JobStore
    let deliveries: any DeliveryStore
    let uploads: any UploadStore
    /// `nil`: accesses are not recorded.
    let audit: AuditLog?
    /// What this server receives; with an object store also what it reads.
    let folder: JobFolder
    let audio: any AudioStore
    let references: ReferenceFolder?
    let settings: JobSettings

    private struct State {
        var wakers: [AsyncStream<Void>.Continuation] = []
        var running: [JobLease: AsyncStream<Void>.Continuation] = [:]
        var counts: [JobState: Int] = [:]
        var waitingByteCount = 0
        /// Recordings of submissions that failed.
        var doubtful: Set<String> = []
        /// Uploads that a request writes to.
        var lockedUploads: Set<String> = []
    }

    private let state = Mutex(State())
    private static let doubtLimit = 10_000
    /// Seconds after which what belongs to no job is not about to be stored.
    private static let orphanLifetime = 86_400.0

    /// Opens the folder, and the store in it; that of several servers is opened by `open`. Blocks.
    ///
    /// - Parameter makesDeliveries: whether the ends of jobs are reported to a receiver.
    ///
    /// Throws `ServerError` with code `fileUnusable`.
    init(_ settings: JobSettings, makesDeliveries: Bool, _ logger: Logger) throws(ServerError) {
        self.settings = settings
        references = settings.root.map { ReferenceFolder($0) }
        audit = try settings.auditLog.map { (path) throws(ServerError) in try AuditLog(path) }
        do {
            let url = URL(fileURLWithPath: settings.folder, isDirectory: true)
            folder = try JobFolder(url, isShared: settings.store != nil && settings.objects == nil)
            audio =
                if let objects = settings.objects { S3AudioStore(try S3Configuration(objects), folder) } else { folder }
            let store: any JobStore & DeliveryStore & UploadStore =
                if let address = settings.store {
                    try PostgresJobStore(address, makesDeliveries: makesDeliveries)
                } else {
                    try SQLiteJobStore(in: url, makesDeliveries: makesDeliveries)
                }
            (self.store, deliveries, uploads) = (store, store, store)
        } catch let error as JobStoreError {
            throw Self.unusable(error, logger)
        } catch {
            throw ServerError(.fileUnusable, "The job folder cannot be opened. Check --jobs-dir.")
        }
    }

    /// Makes sure, before the server starts, that the store can be used.
    ///
    /// Throws `ServerError` with code `fileUnusable`.
    func open(_ logger: Logger) async throws {
        do {
            try await store.open()
            try await audio.open()
        } catch let error as JobStoreError {
            throw Self.unusable(error, logger)
        }
    }

    private static func unusable(_ error: JobStoreError, _ logger: Logger) -> ServerError {
        if !error.detail.isEmpty { logger.error("jobs cannot be stored", metadata: ["reason": "\(error.detail)"]) }
        return ServerError(.fileUnusable, error.message)
    }

    var limits: JobLimits { JobLimits(count: settings.countLimit, byteCount: settings.byteLimit) }

    /// Seconds for which a worker has a job without renewing its lease.
    var lease: Double { settings.lease / .seconds(1) }

    /// Seconds of the longest part of a recording; `nil`: recordings are not cut.
    ///
    /// One server gains nothing by cutting: a recording uses all of its workers, and each part is read from the start.
    var partLength: Double? {
        let length = (settings.partDuration ?? (store.isShared ? JobSettings.sharedPart : .zero)) / .seconds(1)
        return length > 0 ? length : nil
    }

    var retention: JobRetention {
        JobRetention(
            seconds: settings.lifetime / .seconds(1), count: settings.keptCount, byteCount: settings.keptByteCount)
    }

    // MARK: Workers

    /// Yields once at first, and each time a job may wait; for one worker.
    func wakeUps() -> AsyncStream<Void> {
        let (stream, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        waker.yield()
        state.withLock { $0.wakers.append(waker) }
        return stream
    }

    /// Lets the workers look for a job.
    func wakeUp() {
        for waker in state.withLock({ $0.wakers }) { waker.yield() }
    }

    /// A stream that ends when this process is to stop at once what it has leased; `finish` forgets it.
    func stops(of lease: JobLease) -> AsyncStream<Void> {
        let (stream, stop) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.running[lease] = stop }
        return stream
    }

    /// A worker of this process is done with a job, or a part of one.
    func finish(_ lease: JobLease) { state.withLock { $0.running.removeValue(forKey: lease) }?.finish() }

    /// Stops all work of this process on a job.
    func stop(_ id: String) {
        for lease in state.withLock({ $0.running.keys.filter { $0.id == id } }) { finish(lease) }
    }

    /// Stops the work on a job that was cancelled or erased, and removes its audio.
    func abandon(_ job: Job) async {
        stop(job.id)
        await removeAudio(job.audio)
    }

    /// Removes the audio of a job that is over; where that fails now, `removeUnneeded` does it.
    func removeAudio(_ audio: JobAudio) async {
        guard case .stored(let name) = audio else { return }
        do {
            try await self.audio.remove(name)
        } catch {
            doubt(name)
        }
    }

    /// Notes that a recording may not be needed any more: its submission or its removal failed.
    func doubt(_ id: String) {
        // `removeEndedAudio` finds the rest.
        state.withLock { if $0.doubtful.count < Self.doubtLimit { $0.doubtful.insert(id) } }
    }

    /// Removes recordings of failed submissions and removals, unless their jobs need them.
    func removeUnneeded() async throws {
        for id in state.withLock({ $0.doubtful }) {
            if try await store.job(id, for: .all)?.state.isTerminal ?? true {
                try await discard(id)
                try await audio.remove(id)
            }
            state.withLock { _ = $0.doubtful.remove(id) }
        }
    }

    /// Removes recordings of jobs that are over, whose servers have ended before they could, and those that belong to no
    /// job for a day: other servers may be storing theirs. So are working files of this server.
    func removeEndedAudio() async throws {
        let needed = try await store.storedAudio()
        for (name, time) in try await audio.recordings() where !needed.contains(name) {
            let job = try await store.job(name, for: .all)
            if job?.state.isTerminal ?? (time < UnixTime.now - Self.orphanLifetime) { try await audio.remove(name) }
        }
        if audio.isRemote { try await removeWorkingFiles(olderThan: Self.orphanLifetime) }
    }

    /// Removes recordings and working files that an earlier process of the only server has left.
    func removeLeftAudio() async throws {
        if audio.isRemote { try await removeWorkingFiles(olderThan: 0) }
        // Several servers know of each other's jobs only.
        if store.isShared { return try await removeEndedAudio() }
        let needed = try await store.storedAudio()
        for name in try await audio.recordings().keys where !needed.contains(name) { try await audio.remove(name) }
    }

    /// Removes files in the job folder that are not uploads under way.
    private func removeWorkingFiles(olderThan seconds: Double) async throws {
        let uploads = Set(try await uploads.unfinishedUploads().map(\.id))
        let end = UnixTime.now - seconds
        let files = try await NIOThreadPool.singleton.runIfActive { [folder] in folder.files() }
        for (name, time) in files where time < end && !uploads.contains(name) { try await discard(name) }
    }

    private func discard(_ name: String) async throws {
        try await NIOThreadPool.singleton.runIfActive { [folder] in folder.discard(name) }
    }

    /// Takes an upload for one request; `false` when another has it.
    func lockUpload(_ id: String) -> Bool { state.withLock { $0.lockedUploads.insert(id).inserted } }

    /// Gives it back.
    func unlockUpload(_ id: String) { state.withLock { _ = $0.lockedUploads.remove(id) } }

    // MARK: Counts

    /// How many jobs there were in each state a moment ago.
    var counts: [JobState: Int] { state.withLock { $0.counts } }

    /// Bytes of the recordings that waited a moment ago.
    var waitingByteCount: Int { state.withLock { $0.waitingByteCount } }

    /// Counts again.
    func count() async throws {
        let (counts, bytes) = (try await store.counts(), try await store.waitingByteCount())
        state.withLock { ($0.counts, $0.waitingByteCount) = (counts, bytes) }
    }
}

extension S3Configuration {
    /// Throws as its memberwise initializer does.
    init(_ settings: ObjectStoreSettings) throws(JobStoreError) {
        try self.init(
            address: settings.address, endpoint: settings.endpoint, region: settings.region,
            accessKey: settings.accessKey, secretKey: settings.secretKey, sessionToken: settings.sessionToken)
    }
}

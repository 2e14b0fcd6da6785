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
    let folder: JobFolder
    let references: ReferenceFolder?
    let settings: JobSettings

    private struct State {
        var wakers: [AsyncStream<Void>.Continuation] = []
        var running: [String: AsyncStream<Void>.Continuation] = [:]
        var counts: [JobState: Int] = [:]
        /// Recordings of submissions that failed.
        var doubtful: Set<String> = []
        /// Uploads that a request writes to.
        var lockedUploads: Set<String> = []
    }

    private let state = Mutex(State())

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
            folder = try JobFolder(url, isShared: settings.store != nil)
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

    /// A stream that ends when the job of this process is to stop at once; `finish` forgets it.
    func stops(of id: String) -> AsyncStream<Void> {
        let (stream, stop) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.running[id] = stop }
        return stream
    }

    /// A worker of this process is done with a job.
    func finish(_ id: String) { state.withLock { $0.running.removeValue(forKey: id) }?.finish() }

    /// Stops the work on a job that was cancelled or erased, and removes its audio. Blocks.
    func abandon(_ job: Job) {
        finish(job.id)
        removeAudio(of: job)
    }

    /// Removes the audio of a job that is over. Blocks.
    func removeAudio(of job: Job) {
        if case .stored(let name) = job.audio { folder.remove(name) }
    }

    /// Notes that the submission of a recording failed: whether its job is stored is not known.
    func doubt(_ id: String) { state.withLock { _ = $0.doubtful.insert(id) } }

    /// Removes recordings of failed submissions, unless their jobs are stored.
    func removeUnstored() async throws {
        for id in state.withLock({ $0.doubtful }) {
            if try await store.job(id, for: .all) == nil {
                try await NIOThreadPool.singleton.runIfActive { [folder] in folder.remove(id) }
            }
            state.withLock { _ = $0.doubtful.remove(id) }
        }
    }

    /// Removes recordings of jobs that are over, whose servers have ended before they could, and those that belong to no
    /// job for a day: other servers may be storing theirs.
    func removeEndedAudio() async throws {
        let needed = try await store.storedAudio()
        let found = try await NIOThreadPool.singleton.runIfActive { [folder] in folder.recordings() }
        for (name, time) in found where !needed.contains(name) {
            let job = try await store.job(name, for: .all)
            if job?.state.isTerminal ?? (time < UnixTime.now - 86_400) {
                try await NIOThreadPool.singleton.runIfActive { [folder] in folder.remove(name) }
            }
        }
    }

    /// Takes an upload for one request; `false` when another has it.
    func lockUpload(_ id: String) -> Bool { state.withLock { $0.lockedUploads.insert(id).inserted } }

    /// Gives it back.
    func unlockUpload(_ id: String) { state.withLock { _ = $0.lockedUploads.remove(id) } }

    // MARK: Counts

    /// How many jobs there were in each state a moment ago.
    var counts: [JobState: Int] { state.withLock { $0.counts } }

    /// Counts again.
    func count() async throws {
        let counts = try await store.counts()
        state.withLock { $0.counts = counts }
    }
}

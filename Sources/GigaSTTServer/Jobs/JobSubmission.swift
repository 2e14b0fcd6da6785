import Crypto
import Foundation
import GigaSTT
import HTTPTypes
import Hummingbird
import Logging
import NIOPosix
import STTJobs
import STTValues

/// `POST /v1/jobs`: takes a recording, or the path of one, and answers as soon as the job is on the disk.
struct JobSubmission: Sendable {
    let routes: JobRoutes
    /// Receives into the job folder, so that the recording is moved and not copied.
    let service: RecordingService

    private var jobs: Jobs { routes.jobs }

    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let recognizer = try service.recognizer()
        let fields = QueryFields(request.uri.query)
        let path = try fields["path"]
        _ = try TranscribeQuery.checked(request, recognizer.capabilities, needsBody: path == nil)
        var job = NewJob(id: identifier(), owner: context.outcome.keyName, audio: .stored(""))
        job.query = String(request.uri.query ?? "")
        job.priority = try priority(fields)
        let key = try idempotencyKey(request)
        // A known key gets its job whatever else is stored.
        if key == nil { try await refuseIfFull() }
        if let path {
            job.audio = .reference(try await reference(path))
            job.idempotency = key.map { .init(key: $0, digest: Self.digest(of: job.query)) }
            return try await store(job, context)
        }
        let query = job.query
        let (upload, digest) = try await HTTPFailure.translating(.recording, context.logger) {
            try await context.whileServing(drain: service.inForce.current.drainTimeout) {
                try await service.receive(request, for: BudgetClient(context)) { body, spool in
                    var (spool, hash) = (spool, SHA256())
                    hash.update(data: Data(query.utf8) + [0])
                    for try await block in body {
                        hash.update(data: Data(block.readableBytesView))
                        try await spool.append(block.readableBytesView)
                    }
                    return (
                        try await spool.finish(), hash.finalize().map { String($0, radix: 16) }.joined(separator: "-")
                    )
                }
            }
        }
        job.audio = .stored(job.id)
        job.idempotency = key.map { .init(key: $0, digest: digest) }
        return try await keep(upload, job, context)
    }

    /// Moves the recording into the folder, then stores the job: one that is stored has its recording.
    private func keep(
        _ upload: Upload, _ job: NewJob, _ context: ServerRequestContext
    ) async throws -> Response {
        var job = job
        let id = job.id
        job.byteCount = try await JobStoreError.answering {
            do {
                try await NIOThreadPool.singleton.runIfActive { [jobs] in try upload.move(to: jobs.folder.audio(id)) }
                return try await jobs.audio.keep(id)
            } catch {
                // Written in part, or kept although the answer was lost.
                jobs.doubt(id)
                guard let error = error as? CocoaError else { throw error }
                throw JobStoreError(error.isOutOfSpace ? .full : .unusable, "The recording cannot be kept.")
            }
        }
        return try await store(job, context)
    }

    private func store(_ job: NewJob, _ context: ServerRequestContext) async throws -> Response {
        let submission: Submission
        do {
            try await routes.audit(.submit, job.id, context)
            submission = try await jobs.store.submit(job, limits: jobs.limits, at: UnixTime.now)
        } catch {
            // A failed commit may have stored the job, and a client that disconnects cancels the task.
            if case .stored(let name) = job.audio { jobs.doubt(name) }
            return try await JobStoreError.answering { throw error }
        }
        if case .stored(let name) = job.audio { jobs.audio.release(jobs.folder.audio(name)) }
        if case .accepted(let stored) = submission {
            jobs.wakeUp()
            return Self.accepted(stored)
        }
        await jobs.removeAudio(job.audio)
        switch submission {
        case .accepted(let stored), .known(let stored): return Self.accepted(stored)
        case .keyReused: throw Self.keyReused
        case .full: throw queueFull
        }
    }

    private static func accepted(_ job: Job) -> Response {
        .json(
            [
                "job_id": .string(job.id), "status": .string(job.state.rawValue),
                "created_at": .number(job.createdAt),
            ], status: .accepted)
    }

    func refuseIfFull() async throws {
        let isFull = try await JobStoreError.answering {
            guard try await jobs.store.isFull(jobs.limits) else { return false }
            _ = try await jobs.store.removeExpired(jobs.retention, at: UnixTime.now)
            return try await jobs.store.isFull(jobs.limits)
        }
        if isFull { throw queueFull }
    }

    var queueFull: HTTPFailure {
        var failure = HTTPFailure(.tooManyRequests, code: "queue_full", "Job queue is full")
        let seconds = max(1, Int64((service.inForce.current.queueTimeout / .seconds(1)).rounded(.up)))
        failure.retryAfterMilliseconds = UInt32(clamping: seconds * 1_000)
        failure.fields[.retryAfter] = "\(seconds)"
        return failure
    }

    // MARK: Fields

    func identifier() -> String {
        var generator = SystemRandomNumberGenerator()
        return RequestID(unixMilliseconds: UInt64(max(0, UnixTime.now * 1_000)), using: &generator).description
    }

    func priority(_ fields: QueryFields) throws(HTTPFailure) -> JobPriority {
        guard let name = try fields["priority"] else { return .normal }
        guard let priority = JobPriority(name: name) else {
            throw JobRoutes.invalid("priority: provided string was not `low`, `normal` or `high`")
        }
        return priority
    }

    /// The draft of `Idempotency-Key`: any text; here visible ASCII of at most 200 bytes.
    private func idempotencyKey(_ request: Request) throws(HTTPFailure) -> String? {
        guard let key = request.headers[.idempotencyKey] else { return nil }
        guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw HTTPFailure(
                .badRequest, code: "invalid_idempotency_key",
                "Idempotency-Key must be 1 to 200 visible ASCII characters without spaces")
        }
        return key
    }

    private func reference(_ path: String) async throws -> String {
        guard let references = jobs.references else {
            throw HTTPFailure(
                .conflict, code: "references_not_available",
                "This server recognises no files of its own; send the recording, or start it with --jobs-root")
        }
        let isThere = try await NIOThreadPool.singleton.runIfActive { references.file(path) != nil }
        guard isThere else {
            throw HTTPFailure(
                .notFound, code: "file_not_found", "There is no such file below the folder of --jobs-root")
        }
        return path
    }

    private static func digest(of text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).map { String($0, radix: 16) }.joined(separator: "-")
    }

    private static let keyReused = HTTPFailure(
        .unprocessableContent, code: "idempotency_key_reused",
        "This Idempotency-Key was used with another request; choose a new one")
}

extension CocoaError {
    /// Whether the disk has no space left.
    var isOutOfSpace: Bool { code == .fileWriteOutOfSpace }
}

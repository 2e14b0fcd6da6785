import Foundation
import GigaSTT
import HTTPTypes
import Hummingbird
import Logging
import STTJobs
import STTValues

/// `/v1/jobs` but for the submission: status, list, result, cancellation, erasure.
struct JobRoutes: Sendable {
    let jobs: Jobs
    let life: ServerState
    let metrics: JobMetrics
    let access: APIKeyAuthenticator

    /// How far a job is, and what is recognised of one that has no result.
    func status(_ context: ServerRequestContext) async throws -> Response {
        let reader = reader(context)
        let job = try await found(context, reader)
        let texts = try await JobStoreError.answering {
            job.state == .done || job.processed == 0 ? [] : try await jobs.store.texts(of: job.id)
        }
        let partial = texts.isEmpty ? nil : texts.joined(separator: " ")
        if partial != nil { try await audit(.read, job.id, context) }
        return .json(.object(JobJSON.members(job, for: reader) + [("partial", partial.map { .string($0) })]))
    }

    /// A page of the jobs that the client may see, the newest first.
    func list(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let fields = QueryFields(request.uri.query)
        var page = JobPage()
        page.size = try fields.number("limit") ?? page.size
        guard JobPage.sizes.contains(page.size) else { throw Self.invalid("limit: 1 to 1000 jobs are a page") }
        page.before = try fields["before"]
        page.state = try fields["status"].map { name throws(HTTPFailure) in
            guard let state = JobState(rawValue: name) else { throw Self.invalid("status: there is no such status") }
            return state
        }
        let reader = reader(context)
        let found = try await JobStoreError.answering { [page] in try await jobs.store.jobs(page, for: reader) }
        let isLast = found.count < page.size
        return .json(
            [
                "jobs": .array(found.map { .object(JobJSON.members($0, for: reader)) }),
                "next": isLast ? nil : found.last.map { .string($0.id) },
            ])
    }

    /// The transcript, in the form that the submission asked for.
    func result(_ context: ServerRequestContext) async throws -> Response {
        let job = try await found(context, reader(context))
        guard job.state == .done else {
            throw HTTPFailure(.conflict, code: "job_not_finished", "Job is not finished")
        }
        guard let recognizer = life.recognizer else { throw HTTPFailure.starting }
        var query = try TranscribeQuery(job.query)
        try query.prepareAnswer(recognizer.capabilities)
        try await audit(.read, job.id, context)
        let stored = try await JobStoreError.answering { try await jobs.store.utterances(of: job.id) }
        let segments = try stored.map { try JSONDecoder().decode(JobSegment.self, from: Data($0.content)) }
        let transcript = Transcript(
            segments: segments.map(\.segment), duration: job.duration ?? job.processed,
            speakerNames: segments.last?.speakerNames)
        // Each part of a recording has its notes, mostly the same ones.
        let notes = segments.flatMap { $0.notes ?? [] }.reduce(into: [MediaNote]()) { notes, note in
            if !notes.contains(note) { notes.append(note) }
        }
        return TranscribeRoute.response(
            transcript, notes, query,
            hotwords: HotwordNote(query.recognition, recognizer))
    }

    /// Ends a job that is not over.
    func cancel(_ context: ServerRequestContext) async throws -> Response {
        let reader = reader(context)
        let id = try await found(context, reader).id
        try await audit(.cancel, id, context)
        switch try await JobStoreError.answering({
            try await jobs.store.cancel(id, for: reader, at: UnixTime.now)
        }) {
        case .changed(let job):
            metrics.ended(.cancelled)
            await jobs.abandon(job)
            return Response(status: .noContent)
        case .refused: throw HTTPFailure(.conflict, code: "job_not_cancellable", "Job cannot be cancelled")
        case .unknown: throw Self.notFound
        }
    }

    /// Removes a job and everything that was stored of it.
    func erase(_ context: ServerRequestContext) async throws -> Response {
        let reader = reader(context)
        let id = try await found(context, reader).id
        try await audit(.erase, id, context)
        guard
            case .changed(let job) = try await JobStoreError.answering({ try await jobs.store.erase(id, for: reader) })
        else { throw Self.notFound }
        await jobs.abandon(job)
        context.logger.notice("job erased", metadata: ["job.id": "\(job.id)"])
        return Response(status: .noContent)
    }

    /// Records an access before it is performed.
    ///
    /// Throws as `AuditLog.write` does.
    func audit(_ action: AuditLog.Action, _ job: String, _ context: ServerRequestContext) async throws {
        try await jobs.audit?.write(action, job, key: context.outcome.keyName)
    }

    // MARK: Whose jobs

    /// A client without a key, where none is needed, and an administrator see all.
    func reader(_ context: ServerRequestContext) -> JobReader {
        if access.isOpen || context.outcome.isAdmin { return .all }
        return .owner(context.outcome.keyName ?? "")
    }

    func identifier(_ context: ServerRequestContext) -> String { context.pathParameters["id"] ?? "" }

    /// Throws `job_not_found`, also for the job of another client.
    func found(_ context: ServerRequestContext, _ reader: JobReader) async throws -> Job {
        let id = identifier(context)
        guard let job = try await JobStoreError.answering({ try await jobs.store.job(id, for: reader) }) else {
            throw Self.notFound
        }
        return job
    }

    static let notFound = HTTPFailure(.notFound, code: "job_not_found", "Job not found")

    static func invalid(_ reason: String) -> HTTPFailure {
        HTTPFailure(.badRequest, code: "invalid_query", "Failed to deserialize query string: \(reason)")
    }
}

/// A job in JSON (gigastt contract, and what it lacks).
enum JobJSON {
    static func members(_ job: Job, for reader: JobReader) -> [(String, JSONValue?)] {
        [
            ("job_id", .string(job.id)), ("status", .string(job.state.rawValue)),
            ("processed_seconds", .number(job.processed)), ("percent", .integer(job.percent)),
            ("error", job.failure.map { .string($0) }), ("created_at", .number(job.createdAt)),
            ("updated_at", .number(job.updatedAt)), ("priority", .string(job.priority.name)),
            ("owner", reader == .all ? job.owner.map { .string($0) } : nil),
        ]
    }
}

extension JobStoreError {
    /// Runs `body` and turns a failure of the store into its answer.
    static func answering<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as JobStoreError {
            throw error.code == .full
                ? HTTPFailure.storageFull
                : HTTPFailure.jobsUnavailable
        }
    }
}

extension HTTPFailure {
    static let jobsUnavailable = HTTPFailure(
        .serviceUnavailable, code: "jobs_unavailable", "Jobs cannot be stored or read now. Try again later.")
    static let storageFull = HTTPFailure(
        HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), code: "storage_full",
        "The server has no space left for recordings. Try again later.")
}

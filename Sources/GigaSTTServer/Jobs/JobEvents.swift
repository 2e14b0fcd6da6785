import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import STTJobs
import STTValues

/// `GET /v1/jobs/{id}/events`: the progress of a job as server-sent events.
///
/// The identifier of an event is the version of the job: a client that comes back with `Last-Event-ID` gets what has
/// changed since. One that has seen the end gets 204, which ends the attempts of browsers to come back.
struct JobEvents: Sendable {
    /// Time between two events of a job that is recognised (gigastt contract).
    private static let interval = Duration.milliseconds(500)

    let routes: JobRoutes

    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let reader = routes.reader(context)
        let job = try await routes.found(context, reader)
        let seen = request.headers[.lastEventID].flatMap { Int($0) }
        if job.state.isTerminal, seen == job.version { return Response(status: .noContent) }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-cache", .accelBuffering: "no"],
            body: ResponseBody { writer in
                try await write(job, since: seen, for: reader, to: &writer)
                try await writer.finish(nil)
            })
    }

    private func write(
        _ first: Job, since seen: Int?, for reader: JobReader, to writer: inout any ResponseBodyWriter
    ) async throws {
        var (job, seen, lastWrite) = (first, seen, ContinuousClock.now)
        while !routes.life.isDraining {
            let text: String? =
                switch job.state {
                case .processing: Self.progress(job)
                // Put back after some of it was recognised.
                case .queued where job.version != seen && job.attempt > 0: Self.progress(job)
                case .queued: nil
                case .done, .failed, .cancelled: Self.end(job)
                }
            if let text {
                try await writer.write(ByteBuffer(string: "id: \(job.version)\ndata: \(text)\n\n"))
                (seen, lastWrite) = (job.version, .now)
            } else if lastWrite.duration(to: .now) >= EventStream.keepAlive {
                try await writer.write(ByteBuffer(string: ":\n\n"))
                lastWrite = .now
            }
            if job.state.isTerminal { return }
            try await Task.sleep(for: Self.interval)
            // An erased job has no more events.
            guard let next = try? await routes.jobs.store.job(job.id, for: reader) else { return }
            job = next
        }
    }

    private static func progress(_ job: Job) -> String {
        let value: JSONValue = [
            "type": "progress", "percent": .integer(job.percent), "processed_seconds": .number(job.processed),
        ]
        return value.description
    }

    private static func end(_ job: Job) -> String {
        let value: JSONValue = [
            "type": .string(job.state.rawValue), "error": job.failure.map { .string($0) },
        ]
        return value.description
    }
}

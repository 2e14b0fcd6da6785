import Foundation
import GigaSTT
import HTTPTypes
import Hummingbird
import NIOPosix
import STTJobs

/// `/v1/uploads`: recordings that arrive in parts, by tus 1.0.0 with its extensions creation, termination, checksum and
/// expiration. A recording that is whole becomes the job of the same identifier.
struct UploadRoutes: Sendable {
    static let version = "1.0.0"
    /// How long an upload is kept after its last part.
    static let lifetime = 86_400.0
    /// Seconds until the first part: a place in the queue is not held by a head alone.
    static let firstLifetime = 600.0

    let routes: JobRoutes
    let submission: JobSubmission

    private var jobs: Jobs { routes.jobs }
    private var service: RecordingService { submission.service }

    /// Adds `/v1/uploads` and `/v1/uploads/{id}`.
    func add(to table: inout RouteTable<RequestChain.Endpoint>) {
        let all = Route("/v1/uploads", metricLabel: "/v1/uploads", requiresModel: false, handlesOptions: false)
        table.add(all, .options) { _, _ in abilities }
        table.add(all, .post) { request, context in try await tus { try await create(request, context) } }
        let one = Route(
            "/v1/uploads/{id}", metricLabel: "/v1/uploads/{id}", requiresModel: false, handlesOptions: false)
        table.add(one, .options) { _, _ in abilities }
        for method in [HTTPRequest.Method.head, .patch, .delete] {
            table.add(one, method) { request, context in
                try await tus { try await answer(method, request, context) }
            }
        }
        // For clients that cannot send these methods (tus 1.0.0).
        table.add(one, .post) { request, context in
            try await tus {
                guard let method = HTTPRequest.Method(rawValue: request.headers[.methodOverride] ?? "") else {
                    throw HTTPFailure.invalidUpload("X-HTTP-Method-Override must name a method")
                }
                return try await answer(method, request, context)
            }
        }
    }

    private func answer(
        _ method: HTTPRequest.Method, _ request: Request, _ context: ServerRequestContext
    ) async throws -> Response {
        guard request.headers[.tusResumable] == Self.version else { throw HTTPFailure.otherTusVersion }
        let reader = routes.reader(context)
        switch method {
        case .head: return try await state(try await found(context, reader))
        case .patch: return try await receive(request, context, reader)
        case .delete: return try await remove(context, reader)
        default: throw HTTPFailure.invalidUpload("X-HTTP-Method-Override must be PATCH, DELETE or HEAD")
        }
    }

    private var abilities: Response {
        Response(
            status: .noContent,
            headers: [
                .tusResumable: Self.version, .tusVersion: Self.version,
                .tusExtension: "creation,termination,checksum,expiration",
                .tusMaxSize: "\(service.inForce.current.bodyByteLimit)",
                .tusChecksumAlgorithm: UploadChecksum.Algorithm.allCases.map(\.rawValue).joined(separator: ","),
            ])
    }

    /// Every answer names the version.
    private func tus(_ body: () async throws -> Response) async throws -> Response {
        do {
            var response = try await body()
            response.headers[.tusResumable] = Self.version
            return response
        } catch var failure as HTTPFailure {
            failure.fields[.tusResumable] = Self.version
            throw failure
        }
    }

    // MARK: Creation, state, end

    private func create(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        guard request.headers[.tusResumable] == Self.version else { throw HTTPFailure.otherTusVersion }
        let recognizer = try service.recognizer()
        guard let length = request.headers[.uploadLength].flatMap({ Int($0) }), length >= 0 else {
            throw HTTPFailure.invalidUpload("Upload-Length must be the bytes of the whole recording")
        }
        if length == 0 { throw HTTPFailure.emptyBody }
        if length > service.inForce.current.bodyByteLimit { throw LimitedRequestBody.tooLarge }
        _ = try TranscribeQuery.checked(request, recognizer.capabilities, needsBody: false)
        let upload = PendingUpload(
            id: submission.identifier(), owner: context.outcome.keyName, length: length,
            query: String(request.uri.query ?? ""),
            priority: try submission.priority(QueryFields(request.uri.query)),
            expiresAt: UnixTime.now + Self.firstLifetime)
        try await JobStoreError.answering { try await jobs.removeExpiredUploads() }
        try await submission.refuseIfFull()
        try await routes.audit(.submit, upload.id, context)
        guard try await JobStoreError.answering({ try await jobs.uploads.create(upload, limits: jobs.limits) }) else {
            throw submission.queueFull
        }
        // Relative, so that it is right behind a proxy that adds a prefix.
        return Response(
            status: .created, headers: [.location: "uploads/\(upload.id)", .uploadExpires: Self.text(upload.expiresAt)])
    }

    // The state also finishes an upload whose last answer was lost.
    private func state(_ upload: PendingUpload) async throws -> Response {
        let offset = try await offset(of: upload)
        // The process may have ended between the last part and the job. A request that writes may take its part back.
        if offset == upload.length, !upload.isFinished, jobs.lockUpload(upload.id) {
            defer { jobs.unlockUpload(upload.id) }
            let settled = try await NIOThreadPool.singleton.runIfActive { [jobs] in
                UploadFile(jobs.folder, upload.id).settledLength
            }
            if settled == upload.length { try await finish(upload) }
        }
        return Response(
            status: .ok,
            headers: [
                .uploadOffset: "\(offset)", .uploadLength: "\(upload.length)", .cacheControl: "no-store",
                .uploadExpires: Self.text(upload.expiresAt),
            ])
    }

    private func remove(_ context: ServerRequestContext, _ reader: JobReader) async throws -> Response {
        let id = routes.identifier(context)
        guard jobs.lockUpload(id) else { throw HTTPFailure.uploadLocked }
        defer { jobs.unlockUpload(id) }
        _ = try await found(context, reader)
        try await routes.audit(.erase, id, context)
        guard let upload = try await JobStoreError.answering({ try await jobs.uploads.removeUpload(id, for: reader) })
        else { throw HTTPFailure.uploadNotFound }
        // The audio of a job belongs to the job.
        if !upload.isFinished {
            try await NIOThreadPool.singleton.runIfActive { [jobs] in jobs.folder.discard(id) }
        }
        return Response(status: .noContent)
    }

    // MARK: A part

    private func receive(
        _ request: Request, _ context: ServerRequestContext, _ reader: JobReader
    ) async throws -> Response {
        let id = try await found(context, reader).id
        guard request.headers[.contentType] == "application/offset+octet-stream" else {
            throw HTTPFailure.wrongPartType
        }
        guard let start = request.headers[.uploadOffset].flatMap({ Int($0) }), start >= 0 else {
            throw HTTPFailure.invalidUpload("Upload-Offset must be the bytes that have arrived")
        }
        var checksum: UploadChecksum?
        if let field = request.headers[.uploadChecksum] {
            checksum = UploadChecksum(field)
            if checksum == nil { throw HTTPFailure.invalidUpload("Upload-Checksum must be sha1 or sha256 and Base64") }
        }
        guard jobs.lockUpload(id) else { throw HTTPFailure.uploadLocked }
        defer { jobs.unlockUpload(id) }
        // Another request may have finished or removed it meanwhile.
        let upload = try await found(context, reader)
        let offset = try await offset(of: upload)
        guard offset == start else { throw HTTPFailure.uploadConflict(offset) }
        if upload.isFinished { return Response(status: .noContent, headers: [.uploadOffset: "\(offset)"]) }
        try await keep(upload)
        let end = try await HTTPFailure.translating(.recording, context.logger) {
            try await context.whileServing(drain: service.inForce.current.drainTimeout) { [checksum] in
                try await service.receive(request, for: BudgetClient(context)) { body, _ in
                    try await append(body, to: upload, from: offset, checksum)
                }
            }
        }
        if end == upload.length { try await finish(upload) }
        return Response(
            status: .noContent,
            headers: [.uploadOffset: "\(end)", .uploadExpires: Self.text(try await keep(upload))])
    }

    /// Adds a part; what has arrived of one that breaks off stays, unless it has a checksum. Returns the bytes that have
    /// arrived then.
    private func append(
        _ body: LimitedRequestBody, to upload: PendingUpload, from offset: Int, _ checksum: UploadChecksum?
    ) async throws -> Int {
        var (end, checksum) = (offset, checksum)
        let file = UploadFile(jobs.folder, upload.id)
        let handle = try await Self.onDisk { try file.open() }
        // Another server may have written meanwhile.
        guard file.length == offset else { throw HTTPFailure.uploadConflict(file.length) }
        do {
            for try await block in body {
                let data = Data(block.readableBytesView)
                guard data.count <= upload.length - end else { throw LimitedRequestBody.tooLarge }
                try await Self.onDisk { try handle.write(contentsOf: data) }
                checksum?.update(data)
                end += data.count
            }
        } catch {
            // Not verified. Here and now, because the task may be cancelled.
            if checksum != nil { try? handle.truncate(atOffset: UInt64(offset)) }
            throw error
        }
        if let checksum, !checksum.isRight {
            try await Self.onDisk { try handle.truncate(atOffset: UInt64(offset)) }
            throw HTTPFailure.wrongChecksum
        }
        return end
    }

    private static func onDisk<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive(body)
        } catch let error as CocoaError {
            if error.code == .fileLocking { throw HTTPFailure.uploadLocked }
            throw error.isOutOfSpace ? HTTPFailure.storageFull : HTTPFailure.jobsUnavailable
        }
    }

    /// Stores the job. When the client disconnects meanwhile, `Jobs.finishUploads` does.
    private func finish(_ upload: PendingUpload) async throws {
        try await JobStoreError.answering { try await jobs.finish(upload) }
    }

    // MARK: Values

    @discardableResult
    private func keep(_ upload: PendingUpload) async throws -> Double {
        let expiry = UnixTime.now + Self.lifetime
        let isThere = try await JobStoreError.answering {
            try await jobs.uploads.keepUpload(upload.id, until: expiry)
        }
        // It expired, or another server of the database removed it: what this one has written belongs to nothing.
        guard isThere else {
            jobs.doubt(upload.id)
            throw HTTPFailure.uploadNotFound
        }
        return expiry
    }

    private func offset(of upload: PendingUpload) async throws -> Int {
        // The audio of a job is removed when that ends.
        if upload.isFinished { return upload.length }
        return try await NIOThreadPool.singleton.runIfActive { [jobs] in UploadFile(jobs.folder, upload.id).length }
    }

    private func found(_ context: ServerRequestContext, _ reader: JobReader) async throws -> PendingUpload {
        let id = routes.identifier(context)
        let upload = try await JobStoreError.answering { try await jobs.uploads.upload(id, for: reader) }
        guard let upload, upload.isFinished || upload.expiresAt > UnixTime.now else { throw HTTPFailure.uploadNotFound }
        return upload
    }

    /// A time as HTTP has it.
    private static func text(_ time: Double) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: Date(timeIntervalSince1970: time))
    }
}

import GigaSTT
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import STTValues

/// `POST /v1/transcribe` and `POST /v1/transcribe/stream`: a recording in the body.
struct TranscribeRoute: Sendable {
    let service: RecordingService

    /// The whole transcript in the format asked for.
    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let recognizer = try service.recognizer()
        let query = try TranscribeQuery.checked(request, recognizer.capabilities)
        let settings = service.inForce.current
        let client = BudgetClient(context)
        return try await HTTPFailure.translating(.recording, context.logger) {
            let result = try await context.whileServing(drain: settings.drainTimeout) {
                let upload = try await service.receive(request, for: client)
                return try await service.transcript(
                    of: upload, query.recognition, with: recognizer, for: client, as: .file)
            }
            return Self.response(
                result.transcript, result.notes, query, hotwords: HotwordNote(query.recognition, recognizer))
        }
    }

    /// The utterances of the body as they are decided, each as an event, with their previews if they are asked for.
    func events(_ message: Request, _ context: ServerRequestContext) async throws -> Response {
        var request = try RecognitionRequest(events: message.uri.query)
        let recognizer = try service.recognizer()
        let settings = service.inForce.current
        let client = BudgetClient(context)
        try request.check(recognizer.capabilities)
        let wanted = request
        return try await HTTPFailure.translating(.events, context.logger) {
            let recording = try await context.whileServing(drain: settings.drainTimeout) {
                let upload = try await service.receive(message, for: client)
                return try await service.open(upload, wanted, with: recognizer, for: client)
            }
            let stream = EventStream(
                recording, disconnect: context.clientDisconnected(), settings: settings,
                metrics: service.metrics,
                source: .events)
            return try await stream.response(
                in: GigaSTTEventFormat(wanted, hotwords: HotwordNote(wanted, recognizer)))
        }
    }

    /// The answer with a transcript, in the form that the query asks for.
    static func response(
        _ transcript: Transcript, _ notes: [MediaNote], _ query: TranscribeQuery, hotwords: HotwordNote?
    ) -> Response {
        if query.format == .json {
            return .json(WireTranscript.json(transcript, notes: notes, hotwords: hotwords, query: query))
        }
        var response = Response.rendered(transcript, as: query.format, options: query.rendering)
        if let name = query.download {
            response.headers[.contentDisposition] = ContentDisposition.attachment(
                name, fileExtension: query.format.fileExtension)
        }
        return response
    }
}

extension TranscribeQuery {
    /// The query of a request. An empty body is refused before the fields are compared with what is loaded (gigastt
    /// contract).
    static func checked(
        _ request: Request, _ capabilities: Capabilities, needsBody: Bool = true
    ) throws(HTTPFailure) -> TranscribeQuery {
        var query = try TranscribeQuery(request.uri.query)
        do {
            try query.check(capabilities)
        } catch {
            let isChunked = request.headers[.transferEncoding] != nil
            let isEmpty = !isChunked && (request.headers[.contentLength].flatMap { Int($0) } ?? 0) == 0
            throw needsBody && isEmpty ? .emptyBody : error
        }
        return query
    }
}

extension BudgetClient {
    /// Whose request it is.
    init(_ context: ServerRequestContext) {
        self = context.outcome.keyName.map { .key($0) } ?? .address(context.client.address)
    }
}

extension HTTPFailure {
    /// Runs `body` and turns an error of the engine into its answer. Why a recording was refused is logged.
    static func translating<Value>(
        _ place: WireFailure.Place, _ logger: Logger, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as GigaSTTError {
            let failure = WireFailure(error, on: place)
            if failure.status == 422 {
                logger.info(
                    "recording refused", metadata: ["code": "\(failure.code)", "reason": "\(error.message)"])
            }
            throw HTTPFailure(failure)
        }
    }
}

extension Response {
    /// A transcript in one of the text formats.
    static func rendered(
        _ transcript: Transcript, as format: TranscriptFormat, options: RenderingOptions = RenderingOptions()
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: format.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: transcript.rendered(as: format, options: options))))
    }
}

import Crypto
import GigaSTT
import HTTPTypes
import Hummingbird
import STTValues

/// `/v1/listen`: `GET` for live audio over a WebSocket, `POST` for a recording in the body.
struct DeepgramRoute: Sendable {
    static let path = "/v1/listen"

    let recordings: RecordingService
    let live: LiveService

    func add(to routes: inout RouteTable<RequestChain.Endpoint>) {
        let route = Route(Self.path, metricLabel: Self.path, failureFormat: .deepgram, handlesHead: false)
        let live = LiveRoute(service: live, subprotocols: ["token", "bearer"]) { request, context, start in
            let query = try DeepgramQuery(request.uri.query)
            return try DeepgramProtocol(
                query, requestID: context.id, model: DeepgramModel(start.recognizer),
                hotwords: HotwordNote(query.recognition, start.recognizer),
                hasSpeakers: start.recognizer.capabilities.speakers)
        }
        routes.add(route, .get) { try await live.answer($0, $1) }
        routes.add(route, .post) { try await transcription($0, $1) }
    }

    /// The transcript of the recording in the body.
    private func transcription(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let recognizer = try recordings.recognizer()
        let query = try DeepgramQuery(request.uri.query)
        let wanted = try query.recording(recognizer.capabilities)
        // A body of JSON names an address to fetch. This server connects to no other.
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") != true else {
            throw HTTPFailure(
                .badRequest, code: "remote_audio", "This server fetches no recordings. Send the audio as the body")
        }
        let client = BudgetClient(context)
        let drain = recordings.inForce.current.drainTimeout
        return try await HTTPFailure.translating(.recording, context.logger) {
            let (transcript, digest): (Transcript, String) = try await context.whileServing(drain: drain) {
                let (upload, digest) = try await receive(request, for: client)
                let result = try await recordings.transcript(
                    of: upload, wanted, with: recognizer, for: client, as: .file)
                return (result.transcript, digest)
            }
            var response = Response.json(
                Self.answer(
                    transcript, query, digest: digest, context.id, DeepgramModel(recognizer),
                    HotwordNote(wanted, recognizer)))
            if let name = HTTPField.Name("dg-request-id") { response.headers[name] = context.id }
            return response
        }
    }

    /// The recording in the body, and its SHA-256.
    private func receive(_ request: Request, for client: BudgetClient) async throws -> (Upload, String) {
        try await recordings.receive(request, for: client) { body, spool in
            var spool = spool
            var hash = SHA256()
            for try await block in body {
                hash.update(data: block.readableBytesView)
                try await spool.append(block.readableBytesView)
            }
            return (try await spool.finish(), hash.finalize().hexadecimal)
        }
    }

    static func answer(
        _ transcript: Transcript, _ query: DeepgramQuery, digest: String, _ requestID: String, _ model: DeepgramModel,
        _ hotwords: HotwordNote? = nil
    ) -> JSONValue {
        let isApart = query.recognition.channels == .apart
        // Each channel has exactly one utterance that ends with the input; it may have no words.
        let channelCount = isApart ? max(1, transcript.segments.count { $0.endpoint == .endOfInput }) : 1
        let channels = (0..<channelCount).map { channel in
            let segments = transcript.segments.filter { !isApart || $0.words.first?.speaker == channel }
            let readings = DeepgramReading.readings(segments, segments.alternatives)
            return ["alternatives": DeepgramJSON.alternatives(readings, isFormatted: query.isFormatted)] as JSONValue
        }
        let utterances = transcript.segments.filter { !$0.words.isEmpty }.enumerated().map { index, segment in
            utterance(segment, index, isApart: isApart, query)
        }
        return [
            "metadata": [
                "transaction_key": "deprecated", "request_id": .string(requestID), "sha256": .string(digest),
                "created": DeepgramJSON.moment(UnixTime.now), "duration": .number(transcript.duration),
                "channels": .integer(channelCount), "models": [.string(model.identifier)],
                "model_info": .object([(model.identifier, model.json)]),
                "warnings": DeepgramJSON.warnings(hotwords),
            ],
            "results": ["channels": .array(channels), "utterances": query.listsUtterances ? .array(utterances) : nil],
        ]
    }

    private static func utterance(
        _ segment: Segment, _ index: Int, isApart: Bool, _ query: DeepgramQuery
    ) -> JSONValue {
        let alternative = DeepgramJSON.members(DeepgramReading([segment]), isFormatted: query.isFormatted)
        return .object(
            [
                ("start", .number(segment.words.first?.start ?? segment.start)),
                ("end", .number(segment.words.last?.end ?? segment.end)),
                ("channel", .integer(isApart ? segment.words.first?.speaker ?? 0 : 0)), ("id", .string("\(index)")),
            ] + alternative)
    }
}

extension DeepgramModel {
    init(_ recognizer: Recognizer) {
        self.init(name: recognizer.modelIdentifier, head: recognizer.head.rawValue)
    }
}

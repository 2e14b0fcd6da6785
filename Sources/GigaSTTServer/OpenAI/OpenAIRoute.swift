import GigaSTT
import HTTPTypes
import Hummingbird
import NIOCore
import STTValues

/// `POST /v1/audio/transcriptions` and `/v1/audio/translations`: the API that OpenAI's clients speak.
struct OpenAIRoute: Sendable {
    let service: RecordingService

    /// The transcript of the file in a form, in the format asked for.
    func transcription(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let recognizer = try service.recognizer()
        let settings = service.inForce.current
        let client = BudgetClient(context)
        guard let boundary = MultipartBoundary(contentType: request.headers[.contentType]) else {
            throw HTTPFailure(
                .badRequest, code: "invalid_multipart", "Invalid `boundary` for `multipart/form-data` request")
        }
        let form = try await HTTPFailure.translating(.recording, context.logger) {
            try await context.whileServing(drain: settings.drainTimeout) {
                try await service.receive(request, for: client) { body, spool in
                    try await OpenAIForm.read(body, boundary, into: spool)
                }
            }
        }
        var wanted = form.fields.recognition
        try wanted.check(recognizer.capabilities)
        try form.fields.check(recognizer.capabilities)
        let speakers = form.fields.knownSpeakers
        try speakers.check(isAllowed: service.voices != nil)
        if form.fields.format == .diarized, let voices = service.voices, !speakers.isEmpty {
            wanted.names = try await HTTPFailure.translating(.recording, context.logger) {
                try await context.whileServing(drain: settings.drainTimeout) {
                    .given(try await service.known(speakers, voices, with: recognizer, for: client))
                }
            }
        }
        let request = wanted
        let hotwords = HotwordNote(request, recognizer)
        if form.fields.isStream {
            return try await HTTPFailure.translating(.events, context.logger) {
                let recording = try await context.whileServing(drain: settings.drainTimeout) {
                    try await service.open(form.upload, request, with: recognizer, for: client)
                }
                let stream = EventStream(
                    recording, disconnect: context.clientDisconnected(), settings: settings,
                    metrics: service.metrics, source: .openai)
                return try await stream.response(
                    in: OpenAIEventFormat(
                        showsLogProbabilities: form.fields.showsLogProbabilities, hotwords: hotwords))
            }
        }
        return try await HTTPFailure.translating(.recording, context.logger) {
            let result = try await context.whileServing(drain: settings.drainTimeout) {
                try await service.transcript(
                    of: form.upload, request, with: recognizer, for: client, as: .openai)
            }
            return Self.response(
                result.transcript, form.fields, notes: WireTranscript.notes(result.notes, hotwords))
        }
    }

    private static func response(_ transcript: Transcript, _ fields: OpenAIFields, notes: JSONValue?) -> Response {
        switch fields.format {
        case .json: .json(OpenAITranscript.json(transcript, fields: fields, notes: notes))
        case .diarized: .json(OpenAITranscript.diarized(transcript, notes: notes))
        case .verbose: .json(OpenAITranscript.verbose(transcript, fields: fields, notes: notes))
        case .text: .rendered(transcript, as: .plainText)
        case .srt: .rendered(transcript, as: .subRip, options: RenderingOptions(captions: fields.captions))
        case .vtt: .rendered(transcript, as: .webVTT, options: RenderingOptions(captions: fields.captions))
        }
    }

    /// The models write what was said in the language in which it was said.
    static let noTranslation = HTTPFailure(
        .badRequest, code: "unsupported_task",
        "This server does not translate. Send the recording to /v1/audio/transcriptions to get its text in the "
            + "language that was spoken")
}

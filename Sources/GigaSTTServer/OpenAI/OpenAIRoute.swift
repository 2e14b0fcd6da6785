import GigaSTT
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /v1/audio/transcriptions` and `/v1/audio/translations`: the API that OpenAI's clients speak.
struct OpenAIRoute: Sendable {
    let recordings: TranscribeRoute

    /// The transcript of the file in a form, in the format asked for.
    func transcription(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let recognizer = try recordings.loaded()
        let slot = try recordings.slots.take()
        let settings = recordings.inForce.current
        let form = try await OpenAIForm.read(request, byteLimit: settings.bodyByteLimit, pace: settings.uploadPace)
        if form.fields.isStream {
            return try await recordings.events(of: form.upload, in: OpenAIEvents(), as: .openai, slot: slot, context)
        }
        // Both are let go of only when the recording has been read.
        defer { withExtendedLifetime((slot, form.upload)) {} }
        let (source, options) = (form.upload.source(nil), settings.transcription())
        do {
            let start = ContinuousClock.now
            let transcript = try await context.whileConnected {
                try await recognizer.transcribe(source, options: options)
            }
            recordings.metrics.recognised(transcript.duration, in: start.duration(to: .now), source: .openai)
            return Self.response(transcript, form.fields)
        } catch let error as GigaSTTError {
            throw HTTPFailure(WireFailure(error, on: .recording))
        }
    }

    private static func response(_ transcript: Transcript, _ fields: OpenAIFields) -> Response {
        switch fields.format {
        case .json: .json(text: OpenAITranscript.json(transcript))
        case .verbose: .json(text: OpenAITranscript.verbose(transcript, fields: fields))
        case .text: .rendered(transcript, as: .plainText)
        case .srt: .rendered(transcript, as: .subRip)
        case .vtt: .rendered(transcript, as: .webVTT)
        }
    }

    /// The models write what was said in the language in which it was said.
    static let noTranslation = HTTPFailure(
        .badRequest, code: "unsupported_task",
        "This server does not translate. Send the recording to /v1/audio/transcriptions to get its text in the "
            + "language that was spoken")
}

import GigaSTT
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `POST /v1/audio/transcriptions` and `/v1/audio/translations`: the API that OpenAI's clients speak.
///
/// Whatever fails here fails in OpenAI's envelope.
struct OpenAIRoute: Sendable {
    let recordings: TranscribeRoute

    /// The transcript of the file in a form, in the format asked for.
    func transcription(_ request: Request, _ context: ConnectionContext, _ logger: Logger) async -> Response {
        await Self.inEnvelope(logger, failed: recordings.metrics.failed) { try await answer(request, context) }
    }

    /// A refusal: the models write what was said, in the language in which it was said.
    func translation(_ logger: Logger) async -> Response {
        await Self.inEnvelope(logger) {
            throw HTTPFailure(
                .badRequest, code: "unsupported_task",
                "This server does not translate. Send the recording to /v1/audio/transcriptions to get its text in "
                    + "the language that was spoken")
        }
    }

    private func answer(_ request: Request, _ context: ConnectionContext) async throws -> Response {
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
        case .json: .json(OpenAITranscript.json(transcript))
        case .verbose: .json(OpenAITranscript.verbose(transcript, fields: fields))
        case .text: .rendered(transcript, as: .plainText)
        case .srt: .rendered(transcript, as: .subRip)
        case .vtt: .rendered(transcript, as: .webVTT)
        }
    }

    /// The answer that `body` gives, or its failure in OpenAI's envelope; `failed` is told its code.
    static func inEnvelope(
        _ logger: Logger, failed: (String) -> Void = { _ in }, _ body: () async throws -> Response
    ) async -> Response {
        do {
            return try await body()
        } catch {
            let failure = HTTPFailure(error, logger: logger)
            failed(failure.code)
            return OpenAIFailure(failure: failure).response
        }
    }
}

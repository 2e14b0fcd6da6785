import GigaSTT
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /v1/transcribe` and `POST /v1/transcribe/stream`: a recording in the body.
struct TranscribeRoute: Sendable {
    let life: ServerState
    let inForce: CurrentSettings
    let slots: UploadSlots
    let metrics: ServerMetrics

    /// The whole transcript in the format asked for.
    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let recognizer = try loaded()
        let settings = inForce.current
        let query = try TranscribeQuery(
            request.uri.query, head: recognizer.head,
            hasVoiceActivityModel: settings.session.usesVoiceActivityModel)
        let slot = try slots.take()
        let upload = try await Upload.read(request, byteLimit: settings.bodyByteLimit, pace: settings.uploadPace)
        let (source, options) = (upload.source(query.headerless), settings.transcription(channels: query.channels))
        // Both are let go of only when the recording has been read.
        defer { withExtendedLifetime((slot, upload)) {} }
        do {
            let start = ContinuousClock.now
            let transcript = try await context.whileConnected {
                try await recognizer.transcribe(source, options: options)
            }
            metrics.recognised(transcript.duration, in: start.duration(to: .now), source: .file)
            return response(transcript, query)
        } catch let error as GigaSTTError {
            throw HTTPFailure(WireFailure(error, on: .recording))
        }
    }

    private func response(_ transcript: Transcript, _ query: TranscribeQuery) -> Response {
        if query.format == .json { return .json(text: WireTranscript.json(transcript, query: query)) }
        var response = Response.rendered(transcript, as: query.format, options: query.rendering)
        if let name = query.download {
            response.headers[.contentDisposition] = ContentDisposition.attachment(
                name, fileExtension: query.format.fileExtension)
        }
        return response
    }

    func loaded() throws -> Recognizer {
        if life.isDraining { throw HTTPFailure(WireFailure(GigaSTTError(.shuttingDown, ""))) }
        guard let recognizer = life.recognizer else { throw HTTPFailure.starting }
        return recognizer
    }
}

extension ServerSettings {
    /// How recordings are recognised: cut as live speech is, so that their texts agree, and within the limits.
    func transcription(channels: TranscriptionOptions.Channels = .mixed) -> TranscriptionOptions {
        var options = TranscriptionOptions()
        options.channels = channels
        options.endpointing = session.endpointMode.endpointing(
            silence: session.silence, hasModel: session.usesVoiceActivityModel)
        options.waitLimit = workerWait
        options.stallLimit = inferenceTimeout > .zero ? inferenceTimeout : nil
        options.lengthLimit = audioLengthLimit > .zero ? audioLengthLimit : nil
        return options
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

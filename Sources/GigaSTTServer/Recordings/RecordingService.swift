import GigaSTT
import Hummingbird

/// Receives recordings and has them recognised: what every interface for recordings uses.
///
/// A recording takes a place among the uploads while it is received, its bytes until it is recognised, and a place
/// among the recordings only while it is recognised; each is waited for in order of arrival.
struct RecordingService: Sendable {
    let life: ServerState
    let inForce: CurrentSettings
    let budget: Budget
    let metrics: ServerMetrics
    var folder = SpoolFolder()
    /// By which speakers get names; `nil`: by none.
    var voices: Voices?

    /// The model that serves new requests.
    ///
    /// Throws `pool_closed` while the server stops, `initializing` while it starts.
    func recognizer() throws(HTTPFailure) -> Recognizer {
        if life.isDraining { throw HTTPFailure(WireFailure(GigaSTTError(.shuttingDown, ""))) }
        guard let recognizer = life.recognizer else { throw HTTPFailure.starting }
        return recognizer
    }

    /// Receives a body; `read` takes the recording out of it.
    ///
    /// Throws `GigaSTTError` (`overloaded`, `shuttingDown`), `HTTPFailure` as `LimitedRequestBody` does, and what
    /// `read` and the connection throw.
    func receive<Value: Sendable>(
        _ request: Request, for client: BudgetClient,
        _ read: @escaping @Sendable (LimitedRequestBody, UploadSpool) async throws -> Value
    ) async throws -> Value {
        let settings = inForce.current
        let body = try LimitedRequestBody(request, byteLimit: settings.bodyByteLimit, rate: settings.uploadRate)
        let wait = settings.queueTimeout
        return try await refusing(after: wait) {
            let place = try await budget.take(.uploads, for: client, until: .now + wait)
            defer { withExtendedLifetime(place) {} }
            let bytes = try await budget.take(.bytes, amount: 0, for: client, until: .now)
            let spool = UploadSpool(in: folder, bytes, waitLimit: wait)
            return try await body.receive { try await read(body, spool) }
        }
    }

    /// Receives a body that is nothing but the recording. Throws as the other form does, and `empty_body`.
    func receive(_ request: Request, for client: BudgetClient) async throws -> Upload {
        try await receive(request, for: client) { body, spool in
            var spool = spool
            for try await block in body { try await spool.append(block.readableBytesView) }
            return try await spool.finish()
        }
    }

    /// Takes a place for the recognition of a recording.
    ///
    /// Throws `GigaSTTError`: `overloaded` when the time-out is over, `shuttingDown`; and `CancellationError`.
    func open(
        _ upload: Upload, _ request: RecognitionRequest, with recognizer: Recognizer, for client: BudgetClient
    ) async throws -> OpenRecording {
        let settings = inForce.current
        let deadline = ContinuousClock.now + settings.queueTimeout
        let place = try await refusing(after: settings.queueTimeout) {
            try await budget.take(.recordings, for: client, until: deadline)
        }
        var options = request.options(settings, recognizer.capabilities)
        // What is left of the same time is for a first worker; a moment at least, so that a free one is found.
        options.queueTimeout = max(.seconds(1), ContinuousClock.now.duration(to: deadline))
        options.knownVoices = try await voices.known(for: request, recognizer)
        return OpenRecording(recognizer: recognizer, upload: upload, place: place, request: request, options: options)
    }

    /// The voice of the one person in a recording, which takes the place of a recording meanwhile.
    ///
    /// Throws as `open` does, and `GigaSTTError` of `Recognizer.voicePrint`.
    func voicePrint(
        named name: String, of source: AudioSource, rules: VoiceRules, with recognizer: Recognizer,
        for client: BudgetClient
    ) async throws -> VoicePrint {
        let settings = inForce.current
        let deadline = ContinuousClock.now + settings.queueTimeout
        let place = try await refusing(after: settings.queueTimeout) {
            try await budget.take(.recordings, for: client, until: deadline)
        }
        defer { withExtendedLifetime(place) {} }
        let options = RecognitionRequest().options(settings, recognizer.capabilities)
        return try await recognizer.voicePrint(named: name, of: [source], rules: rules, options: options)
    }

    /// The whole transcript of a recording, and what its reader should know about it.
    ///
    /// Throws as `open` does, `GigaSTTError` of the recognition, and `CancellationError`.
    func transcript(
        of upload: Upload, _ request: RecognitionRequest, with recognizer: Recognizer, for client: BudgetClient,
        as source: ServerMetrics.AudioSource
    ) async throws -> (transcript: Transcript, notes: [MediaNote]) {
        let recording = try await open(upload, request, with: recognizer, for: client)
        let start = ContinuousClock.now
        do {
            let result = try await recording.transcript()
            metrics.recognised(result.transcript.duration, in: start.duration(to: .now), source: source)
            return result
        } catch let error as GigaSTTError {
            let isUnfinished = [.timedOut, .overloaded, .shuttingDown].contains(error.code)
            if !isUnfinished { metrics.recognitionFailed(after: start.duration(to: .now)) }
            throw error
        }
    }

    /// Runs `body` and turns a refusal of the budget into the engine's error, which says when to come again.
    private func refusing<Value>(after wait: Duration, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch BudgetRefusal.closed {
            throw GigaSTTError(.shuttingDown, "The server is stopping. Send the recording to another one.")
        } catch is BudgetRefusal {
            throw GigaSTTError(
                .overloaded, "This server has as much work as it can take. Try again later.", retryAfter: wait)
        }
    }
}

/// A recording that has its place and can be recognised. The place and the audio are given back with the last copy.
struct OpenRecording: Sendable {
    let recognizer: Recognizer
    fileprivate let upload: Upload
    fileprivate let place: BudgetPermit
    fileprivate let request: RecognitionRequest
    fileprivate let options: TranscriptionOptions

    fileprivate init(
        recognizer: Recognizer, upload: Upload, place: BudgetPermit, request: RecognitionRequest,
        options: TranscriptionOptions
    ) {
        self.recognizer = recognizer
        self.upload = upload
        self.place = place
        self.request = request
        self.options = options
    }

    private var source: AudioSource { upload.source(request.headerless).track(request.track) }

    /// The utterances, as they are decided. Keep the recording as long as they are read.
    var segments: TranscriptSegments {
        var segments = recognizer.segments(of: source, options: options)
        segments.hasPartials = request.partials == true
        return segments
    }

    /// Reads the beginning, to learn early whether the recording can be read.
    func validate() async throws { try await recognizer.validate(source, options: options) }

    /// Recognises everything.
    func transcript() async throws -> (transcript: Transcript, notes: [MediaNote]) {
        defer { withExtendedLifetime(self) {} }
        var iterator = segments.makeAsyncIterator()
        let transcript = try await iterator.transcript()
        return (transcript, try await iterator.notes())
    }
}

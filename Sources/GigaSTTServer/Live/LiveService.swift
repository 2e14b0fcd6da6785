import GigaSTT
import Logging
import Synchronization

/// Runs live sessions, whatever their protocol and transport.
///
/// A session takes its place in the budget before it begins, and the engine admits it with its first audio; both are
/// waited for in order of arrival.
struct LiveService: Sendable {
    let life: ServerState
    let inForce: CurrentSettings
    let budget: Budget
    let metrics: ServerMetrics
    /// Where the texts of calls go.
    let calls: Calls
    /// By which speakers get names; `nil`: by none.
    let voices: Voices?
    /// Opens a stream; tests replace it.
    let open: ServerRoutes.Open
    /// Sessions of gigastt's own protocol that their clients can resume.
    let resumableSessions: ResumableSessions<WebSocketConnection>
    private let admission = LiveAdmission()

    init(
        life: ServerState, inForce: CurrentSettings, budget: Budget, metrics: ServerMetrics,
        calls: Calls = Calls(), voices: Voices? = nil, open: @escaping ServerRoutes.Open
    ) {
        (self.life, self.inForce, self.budget, self.metrics) = (life, inForce, budget, metrics)
        (self.calls, self.voices, self.open) = (calls, voices, open)
        resumableSessions = ResumableSessions(metrics: metrics)
    }

    /// Whether the engine would refuse a new session in this state.
    func wouldRefuse(_ status: RecognizerStatus) -> Bool { !status.admitsLiveStreams && admission.wouldRefuse }

    /// What a session that begins now keeps until its end.
    ///
    /// Throws `shutting_down` while the server stops, `initializing` while it starts.
    func start() throws(HTTPFailure) -> LiveStart {
        if life.isDraining { throw .shuttingDown }
        guard let recognizer = life.recognizer else { throw .starting }
        return LiveStart(recognizer: recognizer, settings: inForce.current)
    }

    /// Runs a session to its end.
    ///
    /// - Parameter holder: whose place in the budget it takes; `nil`: that of the client's address.
    func run<Wire: LiveProtocol>(
        _ wire: Wire, over transport: some LiveTransport, from start: LiveStart, for client: RequestClient,
        holder: BudgetClient? = nil, logger: Logger
    ) async {
        let begin = ContinuousClock.now
        logger.debug("live session started", metadata: ["protocol": "\(Wire.name)"])
        let isReported = Atomic(false)
        let (wait, holder) = (start.settings.queueTimeout, holder ?? .address(client.address))
        let session = LiveSession(
            wire, over: transport, settings: start.session, waitLimit: wait, metrics: metrics,
            admit: { try await budget.take(.sessions, for: holder, until: .now + wait) },
            beginCall: { calls.begin($0, channels: $1, over: Wire.name, GigaProtocol(start)) }
        ) { request, waitLimit in
            if let note = HotwordNote(request, start.recognizer), !isReported.exchange(true, ordering: .relaxed) {
                // Vosk and Wyoming have no message for it. A log holds no words of clients.
                logger.notice(
                    "hotwords that the model cannot write are not preferred",
                    metadata: ["protocol": "\(Wire.name)", "count": .stringConvertible(note.count)])
            }
            var options = request.liveOptions(start.settings, start.recognizer.capabilities)
            options.knownVoices = try await voices.known(for: request, start.recognizer)
            return try await admission.admit(within: waitLimit) { [options] in
                try open(start.recognizer, options)
            }
        }
        let end = await session.run()
        var facts = session.conversations.summary(after: begin.duration(to: .now))
        facts["protocol"] = "\(Wire.name)"
        facts["reason"] = "\(end.reason)"
        if let code = end.close?.code { facts["close"] = .stringConvertible(Int(code)) }
        facts.add(client)
        logger.info("live session ended", metadata: facts)
    }
}

/// The model and the settings of a live session; they stay until its end.
///
/// A class: as a value its 1 KB would be in the frame of each function that passes it on, until the session ends.
final class LiveStart: Sendable {
    let recognizer: Recognizer
    let settings: ServerSettings

    init(recognizer: Recognizer, settings: ServerSettings) { (self.recognizer, self.settings) = (recognizer, settings) }

    var session: SessionSettings { settings.session }
}

extension LiveChannels {
    /// Lengths and counts for the log.
    fileprivate func summary(after time: Duration) -> Logger.Metadata {
        [
            "seconds": .stringConvertible((time / .milliseconds(1)).rounded() / 1_000),
            "audio_seconds": .stringConvertible((audioSeconds * 1_000).rounded() / 1_000),
            "utterances": .stringConvertible(utteranceCount),
            "words": .stringConvertible(wordCount),
        ]
    }
}

extension GigaProtocol {
    /// gigastt's own protocol for a session with this model.
    init(_ start: LiveStart, enableResume: @escaping @Sendable () -> ResumeGrant? = { nil }) {
        self.init(
            settings: start.session, model: start.recognizer.modelIdentifier,
            hasSpeakers: start.recognizer.capabilities.speakers,
            hasPunctuation: start.recognizer.capabilities.punctuation,
            usesVoiceActivityModel: start.recognizer.capabilities.voiceActivityModel,
            hotwordNote: { HotwordNote($0, start.recognizer) }, enableResume: enableResume)
    }
}

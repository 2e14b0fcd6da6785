import GigaSTT
import HTTPTypes
import Hummingbird
import STTJobs

/// Everything that is answered on the main port.
struct ServerRoutes: Sendable {
    /// Opens a live stream; a seam for tests.
    typealias Open = @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition

    let life: ServerState
    let inForce: CurrentSettings
    let budget: Budget
    let metrics: ServerMetrics
    let access: APIKeyAuthenticator
    /// Makes a recognizer, for reloads.
    let load: @Sendable () async throws -> Recognizer
    let live: LiveService
    let ephemeralKeys: EphemeralKeys
    /// `nil`: there are no jobs.
    var jobs: JobRoutes?
    /// `nil`: speakers have no names.
    var voices: Voices?

    /// Which path is answered by what.
    var table: RouteTable<RequestChain.Endpoint> {
        var routes = RouteTable<RequestChain.Endpoint>()
        let recordings = RecordingService(
            life: life, inForce: inForce, budget: budget, metrics: metrics, voices: voices)
        addStatus(to: &routes)
        addRecordings(recordings, to: &routes)
        if let jobs { add(jobs, to: &routes) }
        if let voices { VoiceRoutes(voices: voices, service: recordings).add(to: &routes) }
        addLive(recordings, to: &routes)
        let admin = ReloadRoute(
            life: life, access: access,
            reload: ModelReload(life: life, drainLimit: inForce.current.reloadDrain, load: load))
        // Not rate-limited: an operator needs it most under load.
        let reload = Route(
            "/v1/admin/reload", role: .admin, metricLabel: "/v1/admin/reload", isRateLimited: false)
        routes.add(reload, .post) { try await admin.answer($0, $1) }
        return routes
    }

    private func addLive(_ recordings: RecordingService, to routes: inout RouteTable<RequestChain.Endpoint>) {
        let own = GigaRoute(service: live)
        routes.add(Route("/v1/ws", metricLabel: "/v1/ws", handlesHead: false), .get) {
            try await own.answer($0, $1)
        }
        RealtimeRoute(live: live, keys: ephemeralKeys).add(to: &routes)
        if inForce.current.servesDeepgram {
            DeepgramRoute(recordings: recordings, live: live).add(to: &routes)
        }
        for wire in TelephonyProtocol.allCases where inForce.current.telephony.contains(wire) {
            TelephonyRoutes(live: live).add(wire, to: &routes)
        }
        if inForce.current.servesCalls { CallRoute(live: live).add(to: &routes) }
    }

    private func addStatus(to routes: inout RouteTable<RequestChain.Endpoint>) {
        let version = inForce.current.version
        let status = StatusRoutes(
            life: life, inForce: inForce, budget: budget, live: live, version: version, hasJobs: jobs != nil)
        func probe(_ path: String) -> Route {
            Route(
                path, role: nil, metricLabel: path, requiresModel: false, isRateLimited: false, handlesOptions: false,
                isRoutine: true, checksOrigin: false)
        }
        routes.add(probe("/health"), .get) { _, _ in status.health }
        routes.add(probe("/ready"), .get) { _, _ in status.ready }
        for (path, file) in ServedFile.all {
            // A page needs them before it can ask for a key.
            routes.add(Route(path, role: nil, requiresModel: false, handlesOptions: false), .get) { request, _ in
                file.answer(request)
            }
        }
        let models = ModelRoutes(life: life, inForce: inForce, version: version)
        routes.add(Route("/v1/models", metricLabel: "/v1/models", failureFormat: .shared), .get) { _, _ in
            try models.list()
        }
        routes.add(Route("/v1/models/{id}", failureFormat: .openAI), .get) { _, context in
            try models.model(context.pathParameters["id"] ?? "")
        }
    }

    private func addRecordings(_ service: RecordingService, to routes: inout RouteTable<RequestChain.Endpoint>) {
        let recordings = TranscribeRoute(service: service)
        routes.add(Route("/v1/transcribe", metricLabel: "/v1/transcribe"), .post) {
            try await recordings.answer($0, $1)
        }
        routes.add(Route("/v1/transcribe/stream", metricLabel: "/v1/transcribe/stream"), .post) {
            try await recordings.events($0, $1)
        }
        let openAI = OpenAIRoute(service: service)
        let transcriptions = "/v1/audio/transcriptions"
        routes.add(Route(transcriptions, metricLabel: transcriptions, failureFormat: .openAI), .post) {
            try await openAI.transcription($0, $1)
        }
        routes.add(Route("/v1/audio/translations", failureFormat: .openAI), .post) { _, _ in
            throw OpenAIRoute.noTranslation
        }
    }

    private func add(_ jobs: JobRoutes, to routes: inout RouteTable<RequestChain.Endpoint>) {
        var service = RecordingService(life: life, inForce: inForce, budget: budget, metrics: metrics)
        service.folder = SpoolFolder(in: jobs.jobs.folder.url)
        let submission = JobSubmission(routes: jobs, service: service)
        let events = JobEvents(routes: jobs)
        UploadRoutes(routes: jobs, submission: submission).add(to: &routes)
        let all = Route("/v1/jobs", metricLabel: "/v1/jobs")
        routes.add(all, .post) { try await submission.answer($0, $1) }
        routes.add(all, .get) { try await jobs.list($0, $1) }
        let one = Route("/v1/jobs/{id}", metricLabel: "/v1/jobs/{id}")
        routes.add(one, .get) { _, context in try await jobs.status(context) }
        routes.add(one, .delete) { _, context in try await jobs.cancel(context) }
        let result = Route("/v1/jobs/{id}/result", metricLabel: "/v1/jobs/{id}/result")
        routes.add(result, .get) { _, context in try await jobs.result(context) }
        let progress = Route("/v1/jobs/{id}/events", metricLabel: "/v1/jobs/{id}/events", handlesOptions: false)
        routes.add(progress, .get) { try await events.answer($0, $1) }
        let erasure = Route("/v1/jobs/{id}/erase", metricLabel: "/v1/jobs/{id}/erase")
        routes.add(erasure, .post) { _, context in try await jobs.erase(context) }
    }
}

import GigaSTT
import HTTPTypes
import Hummingbird

/// Everything that is answered on the main port.
struct ServerRoutes: Sendable {
    /// Opens a live stream; a seam for tests.
    typealias Open = @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition

    let life: ServerLife
    let inForce: SettingsInForce
    let slots: UploadSlots
    let metrics: ServerMetrics
    let access: AccessGate
    /// Makes a recognizer, for reloads.
    let load: @Sendable () async throws -> Recognizer
    let open: Open

    /// Which path is answered by what.
    var table: RouteTable<ServerResponder.Endpoint> {
        var routes = RouteTable<ServerResponder.Endpoint>()
        let (boot, version) = (inForce.current, inForce.current.version)
        let status = StatusRoutes(life: life, version: version)
        routes.add(.get, "/health", answersOptions: false, needsModel: false) { _, _, _ in status.health }
        routes.add(.get, "/ready", answersOptions: false, needsModel: false) { _, _, _ in status.ready }
        for (path, file) in ServedFile.all {
            routes.add(.get, path, answersOptions: false, needsModel: false) { request, _, _ in file.answer(request) }
        }

        let models = ModelRoutes(life: life, version: version)
        routes.add(.get, "/v1/models") { _, _, _ in try models.list() }
        routes.add(.get, in: "/v1/models/") { request, _, logger in await models.model(request, logger) }

        let recordings = TranscribeRoute(life: life, inForce: inForce, slots: slots, metrics: metrics)
        routes.add(.post, "/v1/transcribe") { request, context, _ in try await recordings.answer(request, context) }
        routes.add(.post, "/v1/transcribe/stream") { request, context, _ in
            try await recordings.events(request, context)
        }
        let openAI = OpenAIRoute(recordings: recordings)
        routes.add(.post, "/v1/audio/transcriptions") { await openAI.transcription($0, $1, $2) }
        routes.add(.post, "/v1/audio/translations") { _, _, logger in await openAI.translation(logger) }

        let live = LiveRoute(life: life, inForce: inForce, metrics: metrics, open: open)
        routes.add(.get, "/v1/ws") { try await live.answer($0, $1, $2) }

        let admin = ReloadRoute(
            life: life, access: access, reload: ModelReload(life: life, drainLimit: boot.reloadDrain, load: load))
        routes.add(.post, "/v1/admin/reload") { try await admin.answer($0, $1, $2) }
        return routes
    }
}

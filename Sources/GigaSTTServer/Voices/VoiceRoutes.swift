import GigaSTT
import HTTPTypes
import Hummingbird
import Logging
import STTValues

/// `/v1/speakers`: the voices by which speakers get names. All of it is for administrators.
struct VoiceRoutes: Sendable {
    let voices: Voices
    let service: RecordingService

    func add(to routes: inout RouteTable<RequestChain.Endpoint>) {
        let all = Route("/v1/speakers", role: .admin)
        routes.add(all, .get) { _, _ in try await list() }
        routes.add(all, .post) { try await enrol($0, $1) }
        routes.add(all, .delete) { _, _ in try await removeAll() }
        let one = Route("/v1/speakers/{id}", role: .admin)
        routes.add(one, .delete) { _, context in try await remove(context.pathParameters["id"] ?? "") }
    }

    private func list() async throws -> Response {
        let model = try service.recognizer().voiceModel
        let known = try await answering { try await voices.blocking { try $0.voices() } }
        return .json(["speakers": .array(known.map { Self.object($0, model) })])
    }

    /// The body is a recording of one person, who is known by `name` from then on. The recording is not kept.
    private func enrol(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let recognizer = try service.recognizer()
        let fields = QueryFields(request.uri.query)
        guard let name = try fields["name"] else { throw QueryFields.failure("name: whose voice it is") }
        try Self.check(recognizer.capabilities)
        let checked = try Self.checked(name)
        let client = BudgetClient(context)
        let settings = service.inForce.current
        return try await HTTPFailure.translating(.recording, context.logger) {
            let voice = try await context.whileServing(drain: settings.drainTimeout) {
                let upload = try await service.receive(request, for: client)
                return try await service.voicePrint(
                    named: checked, of: upload.source(nil), rules: VoiceRules(), with: recognizer, for: client)
            }
            guard let added = try await answering({ try await voices.blocking { try $0.add(voice) } }) else {
                throw HTTPFailure(
                    .conflict, code: "name_taken",
                    "There is a voice of that name. Remove it first, or choose another name")
            }
            context.logger.notice("voice enrolled", metadata: ["speaker.id": "\(added.id)"])
            return .json(Self.object(added, recognizer.voiceModel), status: .created)
        }
    }

    private func remove(_ id: String) async throws -> Response {
        guard try await answering({ try await voices.blocking { try $0.remove(id: id) } }) else {
            throw HTTPFailure(.notFound, code: "speaker_not_found", "There is no voice with that id")
        }
        return Response(status: .noContent)
    }

    private func removeAll() async throws -> Response {
        _ = try await answering { try await voices.blocking { try $0.removeAll() } }
        return Response(status: .noContent)
    }

    /// Throws `speaker_model_not_loaded`.
    static func check(_ capabilities: Capabilities) throws(HTTPFailure) {
        guard !capabilities.speakerNames else { return }
        throw HTTPFailure(
            .conflict, code: "speaker_model_not_loaded", "No speaker model is loaded, so no voice can be compared")
    }

    /// Throws `invalid_query`.
    private static func checked(_ name: String) throws(HTTPFailure) -> String {
        do {
            return try VoicePrint.checkedName(name)
        } catch {
            throw QueryFields.failure("name: \(error.message)")
        }
    }

    private static func object(_ voice: EnrolledVoice, _ model: String?) -> JSONValue {
        [
            "id": .string(voice.id), "name": .string(voice.print.name), "seconds": .number(voice.print.seconds),
            "created_at": .number(voice.created), "usable": .boolean(voice.print.model == model),
        ]
    }

    /// Turns a failure of the store into its answer.
    private func answering<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as GigaSTTError where error.code == .overloaded {
            throw HTTPFailure(.conflict, code: "too_many_speakers", error.message)
        } catch is GigaSTTError {
            throw HTTPFailure(
                .serviceUnavailable, code: "speakers_unavailable",
                "Known voices cannot be stored or read now. Try again later.")
        }
    }
}

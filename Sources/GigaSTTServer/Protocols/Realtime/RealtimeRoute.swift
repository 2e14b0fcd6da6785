import Foundation
import GigaSTT
import HTTPTypes
import Hummingbird
import NIOCore
import STTValues

/// `/v1/realtime`: OpenAI's Realtime interface, transcription sessions.
struct RealtimeRoute: Sendable {
    static let path = "/v1/realtime"
    /// A session object has some hundred bytes, and its keywords a few thousand.
    private static let bodyByteLimit = 65_536

    let live: LiveService
    let keys: EphemeralKeys

    func add(to routes: inout RouteTable<RequestChain.Endpoint>) {
        let socket = LiveRoute(service: live, subprotocols: ["realtime"]) { request, _, start in
            var session = Self.session(start)
            if let entry = keys.entry(in: request.headers) { session.apply(entry.session) }
            return RealtimeProtocol(
                session, shape: Self.shape(request.headers),
                hotwordNote: { HotwordNote($0, start.recognizer) })
        }
        var route = Route(Self.path, metricLabel: Self.path, failureFormat: .openAI, handlesHead: false)
        route.takesEphemeralKeys = true
        routes.add(route, .get) { try await socket.answer($0, $1) }
        routes.add(Route(Self.path + "/client_secrets", failureFormat: .openAI), .post) {
            try await secret($0, $1)
        }
        // The same of the beta.
        routes.add(Route(Self.path + "/transcription_sessions", failureFormat: .openAI), .post) {
            try await transcriptionSession($0, $1)
        }
    }

    /// Clients of the beta name it in every request; browsers, which cannot, in a subprotocol.
    private static func shape(_ fields: HTTPFields) -> RealtimeSession.Shape {
        if WebSocketUpgrade.offeredProtocols(fields).contains("openai-beta.realtime-v1") { return .beta }
        guard let name = HTTPField.Name("OpenAI-Beta"), let value = fields[name] else { return .released }
        return value.contains("realtime=v1") ? .beta : .released
    }

    private static func session(_ start: LiveStart) -> RealtimeSession {
        let length = Int(start.session.maximumDuration.components.seconds)
        return RealtimeSession(
            id: "sess_" + RequestID(nil).description.replacing("-", with: ""),
            model: start.recognizer.modelIdentifier, expiry: Int(UnixTime.now) + (length > 0 ? length : 86_400))
    }

    /// A key for a browser, and how its sessions begin.
    private func secret(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let (key, expiry, session) = try await mint(request, context, as: SecretRequest.self)
        return .json(["value": .string(key), "expires_at": expiry, "session": session.json(.released)])
    }

    private func transcriptionSession(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let (key, expiry, session) = try await mint(request, context, as: BetaSecretRequest.self)
        let secret: JSONValue = ["value": .string(key), "expires_at": expiry]
        return .json(.object(session.members(.beta) + [("client_secret", secret)]))
    }

    private func mint(
        _ request: Request, _ context: ServerRequestContext, as kind: (some KeyRequest).Type
    ) async throws -> (key: String, expiry: JSONValue, session: RealtimeSession) {
        let start = try live.start()
        let body = try await request.body.collect(upTo: Self.bodyByteLimit)
        let wanted: any KeyRequest
        do {
            wanted = try kind.read(Data(body.readableBytesView))
        } catch {
            throw HTTPFailure(.badRequest, code: error.code, error.message)
        }
        let expiry = UnixTime.now.rounded(.down) + Double(wanted.seconds)
        let entry = EphemeralKeys.Entry(
            holderName: context.outcome.keyName, expiry: expiry, session: wanted.session)
        guard let key = keys.mint(entry) else {
            throw HTTPFailure(
                .tooManyRequests, code: "too_many_client_secrets",
                "Too many client secrets are valid. Ask for shorter ones, or wait until some expire")
        }
        var session = Self.session(start)
        session.apply(wanted.session)
        return (key, .integer(Int(expiry)), session)
    }
}

/// The body of a request for an ephemeral key.
private protocol KeyRequest: Decodable {
    /// How long the key is valid.
    var seconds: Int { get }
    var session: RealtimeSessionUpdate { get }
}

extension KeyRequest {
    static func read(_ body: Data) throws(RealtimeFailure) -> Self {
        do {
            return try JSONDecoder().decode(Self.self, from: body.isEmpty ? Data("{}".utf8) : body)
        } catch let failure as RealtimeFailure {
            throw failure
        } catch {
            throw RealtimeFailure(decoding: error, in: String(decoding: body, as: UTF8.self))
        }
    }
}

/// The body is the session.
private struct BetaSecretRequest: KeyRequest {
    let seconds = EphemeralKeys.defaultLifetime
    let session: RealtimeSessionUpdate

    init(from decoder: any Decoder) throws { session = try RealtimeSessionUpdate(from: decoder) }
}

/// The session and the lifetime are members of the body.
private struct SecretRequest: KeyRequest {
    let seconds: Int
    let session: RealtimeSessionUpdate

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        session = try fields.decodeIfPresent(RealtimeSessionUpdate.self, forKey: .session) ?? RealtimeSessionUpdate()
        let lifetime = try fields.decodeIfPresent(Lifetime.self, forKey: .lifetime)?.seconds
        seconds = lifetime ?? EphemeralKeys.defaultLifetime
        guard EphemeralKeys.lifetimes.contains(seconds) else {
            throw RealtimeFailure(
                "invalid_value", "expires_after.seconds must be 10 to 7200", at: "expires_after.seconds")
        }
    }

    private struct Lifetime: Decodable { let seconds: Int? }

    private enum Keys: String, CodingKey {
        case session
        case lifetime = "expires_after"
    }
}

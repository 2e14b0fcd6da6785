import HTTPTypes
import Hummingbird
import NIOCore
import STTValues

/// `POST /v1/admin/reload`: loads the model files again.
struct ReloadRoute: Sendable {
    let life: ServerState
    let access: APIKeyAuthenticator
    let reload: ModelReload

    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let isSoft = try QueryFields(request.uri.query).boolean("soft") ?? false
        // Where there are keys, the request has been admitted with the admin role.
        guard Self.admits(peer: context.client.peer, request.headers, hasAdminKey: !access.isOpen) else {
            throw Self.loopbackOnly
        }
        if life.isDraining { throw HTTPFailure.shuttingDown }
        let outcome = try await reload.run(soft: isSoft, logger: context.logger)
        return .json(
            [
                "reloaded": true, "variant": .string(outcome.head.rawValue),
                "encoder": .string(outcome.isQuantized ? "int8" : "fp32"), "soft": .boolean(isSoft),
                "soft_drained": .boolean(outcome.isDrained),
            ])
    }

    /// Whether the request comes from this machine. What a local proxy forwards does not, unless an admin key says more.
    static func admits(peer: String?, _ fields: HTTPFields, hasAdminKey: Bool) -> Bool {
        guard let peer, BindPolicy.isLoopback(peer.droppingMappedPrefix) else { return false }
        return hasAdminKey || !fields.areForwarded
    }

    private static let loopbackOnly = HTTPFailure(
        .forbidden, code: "loopback_only", "Model reload is only available from loopback")
}

extension HTTPFields {
    /// Whether a proxy says that it forwards the request.
    var areForwarded: Bool { Self.forwardingNames.contains { self[$0] != nil } }

    private static let forwardingNames = ["x-forwarded-for", "forwarded", "x-real-ip"].compactMap {
        HTTPField.Name($0)
    }
}

extension String {
    /// An IPv4 address as a socket of both families shows it, without the prefix of RFC 4291 section 2.5.5.2.
    fileprivate var droppingMappedPrefix: String {
        lowercased().hasPrefix("::ffff:") ? String(dropFirst(7)) : self
    }
}

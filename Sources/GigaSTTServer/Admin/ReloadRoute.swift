import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import STTValues

/// `POST /v1/admin/reload`: the model files are read again.
struct ReloadRoute: Sendable {
    let life: ServerLife
    let access: AccessGate
    let reload: ModelReload

    func answer(_ request: Request, _ context: ConnectionContext, _ logger: Logger) async throws -> Response {
        let isSoft = try QueryFields(request.uri.query).boolean("soft") ?? false
        let peer = context.channel.remoteAddress?.ipAddress
        // Where there are keys, nobody comes as far as this without that role.
        guard Self.admits(peer: peer, request.headers, hasAdminKey: !access.isOpen) else { throw Self.loopbackOnly }
        if life.isDraining { throw HTTPFailure.shuttingDown }
        let outcome = try await reload.run(soft: isSoft, logger: logger)
        return .json(
            #"{"reloaded":true,"variant":"\#(outcome.head.rawValue)","#
                + #""encoder":"\#(outcome.isQuantized ? "int8" : "fp32")","#
                + #""soft":\#(isSoft),"soft_drained":\#(outcome.isDrained)}"#)
    }

    /// Whether this machine itself asks. What a proxy on it passes on comes from elsewhere, unless a key says more.
    static func admits(peer: String?, _ fields: HTTPFields, hasAdminKey: Bool) -> Bool {
        guard let peer, BindPolicy.isLoopback(peer.droppingMappedPrefix) else { return false }
        return hasAdminKey || !forwardingFields.contains { fields[$0] != nil }
    }

    private static let forwardingFields = ["x-forwarded-for", "forwarded", "x-real-ip"].compactMap {
        HTTPField.Name($0)
    }
    private static let loopbackOnly = HTTPFailure(
        .forbidden, code: "loopback_only", "Model reload is only available from loopback")
}

extension String {
    /// An IPv4 address as a socket of both families shows it, without the prefix of RFC 4291 section 2.5.5.2.
    fileprivate var droppingMappedPrefix: String {
        lowercased().hasPrefix("::ffff:") ? String(dropFirst(7)) : self
    }
}

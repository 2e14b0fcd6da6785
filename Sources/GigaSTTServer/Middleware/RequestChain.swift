import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The middleware of a port, outermost first, and its routes.
struct RequestChain: HTTPResponder {
    typealias Context = ServerRequestContext
    /// What answers a request once it is admitted.
    typealias Endpoint = @Sendable (Request, ServerRequestContext) async throws -> Response

    let routes: RouteTable<Endpoint>
    let hosts: HostPolicy
    let origins: OriginPolicy
    let access: AccessControl
    /// Whether a key without the role for a route gets 403; else 401, as for a wrong key.
    var revealsRoles = true
    /// Whether requests are counted in the metrics.
    var countsRequests = true
    let life: ServerState
    let metrics: ServerMetrics
    let logger: Logger

    func respond(to request: Request, context: ServerRequestContext) async throws -> Response {
        guard request.headers[.upgrade] != nil else { return try await answer(request, context) }
        // A task keeps the memory of its deepest call. The connection's own would hold that of the chain, 27 KB, for as
        // long as the session lasts.
        async let response = answer(request, context)
        return try await response
    }

    private func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        try await middleware.handle(request, context: context) { try await respond(on: $0, $1) }
    }

    @MiddlewareFixedTypeBuilder<Request, Response, ServerRequestContext>
    private var middleware: some MiddlewareProtocol<Request, Response, ServerRequestContext> {
        RequestContextMiddleware(logger: logger, trustsProxy: access.trustsProxy, route: routes.route)
        AccessLogMiddleware()
        ResponseHeadMiddleware()
        OriginMiddleware(hosts: hosts, origins: origins, authenticator: access.authenticator, metrics: metrics)
        FailureMiddleware(metrics: metrics)
        ReadinessMiddleware(life: life)
        RateLimitMiddleware(limiter: access.limiter)
        AuthMiddleware(
            authenticator: access.authenticator, limiter: access.limiter, keyless: access.keyless,
            ephemeralKeys: access.ephemeralKeys, revealsRoles: revealsRoles)
        HTTPMetricsMiddleware(metrics: countsRequests ? metrics : nil)
    }

    private func respond(on request: Request, _ context: ServerRequestContext) async throws -> Response {
        switch routes.match(request.method, request.uri.path) {
        case .endpoint(let endpoint), .head(let endpoint): try await endpoint(request, context)
        case .options: Response(status: .noContent)
        case .wrongMethod(let allowed): Response(status: .methodNotAllowed, headers: [.allow: allowed])
        case .notFound: Response(status: .notFound)
        }
    }
}

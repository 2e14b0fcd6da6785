import HTTPTypes
import Hummingbird
import Logging

/// Refuses requests of other sites' pages and requests under foreign host names, and tells browsers what is allowed.
struct OriginMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    let hosts: HostPolicy
    let origins: OriginPolicy
    let authenticator: APIKeyAuthenticator
    let metrics: ServerMetrics

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        if !context.route.checksOrigin { return try await next(request, context) }
        let (origin, host) = (request.headers[.origin], request.head.authority)
        guard hosts.admits(host) else {
            return try refuse(.hostDenied, ["host": "\(host ?? "")"], "host name not allowed", request, context)
        }
        switch origins.verdict(on: origin, host: host, own: hosts) {
        case .noOrigin: return try await next(request, context)
        case .denied:
            return try refuse(.originDenied, ["origin": "\(origin ?? "")"], "origin not allowed", request, context)
        case .allowed(let origin):
            var response = try await next(request, context)
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlAllowMethods] = context.route.corsMethods
            // The star stands for every header but this one (Fetch standard, CORS-preflight fetch).
            response.headers[.accessControlAllowHeaders] = authenticator.isOpen ? "*" : "*, authorization"
            response.headers[.accessControlExposeHeaders] = "x-request-id, retry-after"
            response.headers[.vary] = "origin"
            return response
        }
    }

    private func refuse(
        _ failure: HTTPFailure, _ facts: Logger.Metadata, _ reason: String, _ request: Request,
        _ context: ServerRequestContext
    ) throws -> Response {
        context.outcome.failureCode = failure.code
        metrics.failed(code: failure.code)
        var facts = facts
        facts["path"] = "\(request.uri.path)"
        context.logger.warning("request rejected: \(reason)", metadata: facts)
        return try failure.response(from: request, context: context)
    }
}

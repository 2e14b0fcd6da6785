import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A request's connection, for the routes that need it.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// Answers every request: its name, who may ask, whether the server is up, the route; in this order.
struct ServerResponder: HTTPResponder {
    /// What answers a request once it is let in.
    typealias Endpoint = @Sendable (Request, ConnectionContext, Logger) async throws -> Response

    let origins: OriginPolicy
    let life: ServerLife
    let logger: Logger
    let routes: RouteTable<Endpoint>

    func respond(to request: Request, context: ConnectionContext) async -> Response {
        let id = RequestIdentifier(request.headers[HTTPField.Name.requestIdentifier])
        var logger = logger
        logger[metadataKey: "request.id"] = "\(id)"
        let path = request.uri.path
        let isProbe = path == "/health" || path == "/ready"
        let verdict = isProbe ? .noOrigin : origins.verdict(on: request.headers[.origin], host: request.head.authority)
        var response: Response
        if verdict == .denied {
            logger.warning("a page of another origin was refused")
            response = HTTPFailure.originDenied.response
        } else {
            response = await answer(request, path, context, logger)
        }
        if case .allowed(let origin) = verdict { allow(origin, &response.headers) }
        response.headers[.requestIdentifier] = id.description
        // No browser may take a transcript, which strangers can shape, for a script or a page.
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.head.asksForUpgrade, response.status != .switchingProtocols {
            response.headers[.connection] = "close"
        }
        logger.debug("answered", metadata: ["method": "\(request.method)", "status": "\(response.status.code)"])
        return response
    }

    private func answer(
        _ request: Request, _ path: String, _ context: ConnectionContext, _ logger: Logger
    ) async -> Response {
        if life.isStarting, routes.needsModel(path) { return HTTPFailure.starting.response }
        switch routes.match(request.method, path) {
        case .endpoint(let endpoint): return await run(endpoint, request, context, logger)
        case .head(let endpoint):
            // There is no upgrade without GET.
            if request.head.asksForUpgrade { return Response(status: .methodNotAllowed) }
            return await run(endpoint, request, context, logger).createHeadResponse()
        case .options: return Response(status: .noContent)
        case .wrongMethod(let allowed): return Response(status: .methodNotAllowed, headers: [.allow: allowed])
        case .notFound: return Response(status: .notFound)
        }
    }

    private func run(
        _ endpoint: Endpoint, _ request: Request, _ context: ConnectionContext, _ logger: Logger
    ) async -> Response {
        do {
            return try await endpoint(request, context, logger)
        } catch {
            let failure = error as? HTTPFailure ?? HTTPFailure(WireFailure(error))
            if failure.status == .internalServerError, !Task.isCancelled {
                logger.error("a request failed", metadata: ["error": "\(error)"])
            }
            return failure.response
        }
    }

    private func allow(_ origin: String, _ fields: inout HTTPFields) {
        fields[.accessControlAllowOrigin] = origin
        fields[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        fields[.accessControlAllowHeaders] = "*"
        fields[.vary] = "origin"
    }
}

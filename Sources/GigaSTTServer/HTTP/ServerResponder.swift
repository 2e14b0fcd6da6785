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

/// Answers every request: its name, which page may ask, whether the server is up, who may ask and how often, the
/// route; in this order.
struct ServerResponder: HTTPResponder {
    /// What answers a request once it is let in.
    typealias Endpoint = @Sendable (Request, ConnectionContext, Logger) async throws -> Response

    let origins: OriginPolicy
    let admission: Admission
    let life: ServerLife
    let logger: Logger
    let metrics: ServerMetrics
    let routes: RouteTable<Endpoint>

    func respond(to request: Request, context: ConnectionContext) async -> Response {
        let id = RequestIdentifier(request.headers[HTTPField.Name.requestIdentifier])
        var logger = logger
        logger[metadataKey: "request_id"] = "\(id)"
        let log = RequestLog(request, peer: context.channel.remoteAddress?.ipAddress, logger: logger)
        let path = request.uri.path
        let isProbe = path == "/health" || path == "/ready"
        let origin = request.headers[.origin]
        let verdict = isProbe ? .noOrigin : origins.verdict(on: origin, host: request.head.authority)
        var response: Response
        if verdict == .denied {
            metrics.originRejections.add()
            logger.warning("a page of another origin was refused", metadata: ["origin": "\(origin ?? "")"])
            response = HTTPFailure.originDenied.response
        } else {
            response = await answer(request, path, isProbe: isProbe, context, logger, log)
        }
        if case .allowed(let origin) = verdict { allow(origin, &response.headers) }
        response.headers[.requestIdentifier] = id.description
        // No browser may take a transcript, which strangers can shape, for a script or a page.
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.method == .head { response = response.createHeadResponse() }
        let isLast = request.headers[.connection] == "close"
        if isLast || request.head.asksForUpgrade && response.status != .switchingProtocols {
            response.headers[.connection] = "close"
        }
        return log.writing(response)
    }

    private func answer(
        _ request: Request, _ path: String, isProbe: Bool, _ context: ConnectionContext, _ logger: Logger,
        _ log: RequestLog
    ) async -> Response {
        if life.isStarting, routes.needsModel(path) { return HTTPFailure.starting.response }
        var logger = logger
        do {
            try admission.check(request, from: context.channel.remoteAddress, &logger)
        } catch {
            metrics.refused(code: error.code)
            return error.response
        }
        let response = await route(request, path, context, logger)
        if !isProbe {
            metrics.answered(request.method.rawValue, path, status: response.status.code, after: log.elapsed)
        }
        return response
    }

    private func route(
        _ request: Request, _ path: String, _ context: ConnectionContext, _ logger: Logger
    ) async -> Response {
        switch routes.match(request.method, path) {
        case .endpoint(let endpoint): return await run(endpoint, request, context, logger)
        case .head(let endpoint):
            // There is no upgrade without GET.
            if request.head.asksForUpgrade { return Response(status: .methodNotAllowed) }
            return await run(endpoint, request, context, logger)
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
            let failure = HTTPFailure(error, logger: logger)
            metrics.failed(code: failure.code)
            return failure.response
        }
    }

    private func allow(_ origin: String, _ fields: inout HTTPFields) {
        fields[.accessControlAllowOrigin] = origin
        fields[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        // The star stands for every header but this one (Fetch standard, CORS-preflight fetch).
        fields[.accessControlAllowHeaders] = admission.access.isOpen ? "*" : "*, authorization"
        fields[.accessControlExposeHeaders] = "x-request-id, retry-after"
        fields[.vary] = "origin"
    }
}

import HTTPTypes
import Hummingbird
import Logging

/// Gives a request its identifier, logger, client and route.
struct RequestContextMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    let logger: Logger
    let trustsProxy: Bool
    let route: @Sendable (String) -> (route: Route, parameters: [String: String])

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.id = RequestID(request.headers[.requestID]).description
        context.trace = TraceParent(request.headers)
        context.client = RequestClient(
            peer: context.channel.remoteAddress, request.headers, trustsProxy: trustsProxy)
        (context.route, context.pathParameters) = route(request.uri.path)
        context.logger = logger
        context.logger[metadataKey: "request_id"] = "\(context.id)"
        if let trace = context.trace {
            context.logger[metadataKey: "trace_id"] = "\(trace.traceID)"
            context.logger[metadataKey: "parent_span_id"] = "\(trace.parentID)"
        }
        var response = try await next(request, context)
        response.headers[.requestID] = context.id
        if let trace = context.trace { response.headers[.traceParent] = trace.description }
        return response
    }
}

/// Sets what every response has, whatever the route.
struct ResponseHeadMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        // A browser must not take a transcript, which strangers can shape, for a script or a page.
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.method == .head { response = response.createHeadResponse() }
        let isLast = request.headers[.connection] == "close"
        if isLast || request.head.asksForUpgrade && response.status != .switchingProtocols {
            response.headers[.connection] = "close"
        }
        return response
    }
}

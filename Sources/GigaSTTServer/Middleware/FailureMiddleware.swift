import HTTPTypes
import Hummingbird
import Logging

/// Turns what inner layers throw into responses.
struct FailureMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    let metrics: ServerMetrics

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let failure = HTTPFailure(error, in: context)
            // Unexpected, so the client learns nothing of it and the operator everything.
            if failure.status == .internalServerError {
                context.logger.error("request failed", metadata: ["error": "\(error)"])
            }
            context.outcome.failureCode = failure.code
            metrics.failed(code: failure.code)
            return try failure.response(from: request, context: context)
        }
    }
}

/// Refuses what needs a model while none is loaded.
struct ReadinessMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    let life: ServerState

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        if context.route.requiresModel, life.isStarting { throw HTTPFailure.starting }
        return try await next(request, context)
    }
}

/// Counts requests and their durations up to the head of the response.
struct HTTPMetricsMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    /// `nil`: nothing is counted.
    let metrics: ServerMetrics?

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let metrics, !context.route.isRoutine else { return try await next(request, context) }
        func record(_ status: HTTPResponse.Status) {
            metrics.answered(
                request.method, context.route.metricLabel, status: status.code, after: context.elapsed)
        }
        do {
            let response = try await next(request, context)
            record(response.status)
            return response
        } catch {
            record(HTTPFailure(error, in: context).status)
            throw error
        }
    }
}

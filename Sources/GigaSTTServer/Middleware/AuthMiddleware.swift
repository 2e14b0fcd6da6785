import HTTPTypes
import Hummingbird
import Logging

/// Refuses requests of clients that ask too often.
struct RateLimitMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    let limiter: RateLimiter

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        if context.route.isRateLimited { try limiter.consume(for: context.client.address) }
        return try await next(request, context)
    }
}

/// Refuses requests without an API key for the role that their route requires.
struct AuthMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    let authenticator: APIKeyAuthenticator
    let limiter: RateLimiter
    let keyless: KeylessPolicy
    let ephemeralKeys: EphemeralKeys
    /// Whether a key without the role gets 403; else 401, so that a valid key cannot be told from a wrong one.
    let revealsRoles: Bool

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let role = context.route.role(for: request.method), !needsNoKey(request, context) {
            if context.route.takesEphemeralKeys, let entry = ephemeralKeys.entry(in: request.headers) {
                context.outcome.keyName = entry.holderName
                return try await next(request, context)
            }
            do {
                if let holder = try authenticator.authenticate(
                    request.headers, as: role, takingPasswords: context.route.takesPasswords)
                {
                    context.logger[metadataKey: "key.name"] = "\(holder.name)"
                    context.outcome.keyName = holder.name
                    context.outcome.isAdmin = holder.roles.contains(.admin)
                }
            } catch {
                context.logger.notice("request rejected: invalid API key", metadata: ["code": "\(error.code)"])
                // Guesses are limited on every route.
                if !context.route.isRateLimited { try limiter.consume(for: context.client.address) }
                throw revealsRoles ? error : .unauthorized
            }
        }
        return try await next(request, context)
    }

    private func needsNoKey(_ request: Request, _ context: ServerRequestContext) -> Bool {
        context.route.isKeyless
            && keyless.admits(
                context.client.internetAddress,
                isForwarded: request.headers.areForwarded && context.client.forwarded == nil)
    }
}

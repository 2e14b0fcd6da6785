import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Writes one line about each request: who asked for what, and the outcome. Never a query, a body or a transcript.
///
/// The line is written with the head of the response if the length of its body is known, else at the end of the body.
/// The line of a WebSocket comes at its beginning: its end has one of its own.
struct AccessLogMiddleware: RouterMiddleware {
    typealias Context = ServerRequestContext

    func handle(
        _ request: Request, context: ServerRequestContext,
        next: (Request, ServerRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if let byteCount = response.body.contentLength ?? (response.status == .switchingProtocols ? 0 : nil) {
            write(request, response, context, byteCount: byteCount)
            return response
        }
        let (body, sent) = (response.body, ByteTally())
        response.body = ResponseBody { [response] writer in
            do {
                try await body.write(CountingWriter(inner: writer, sent: sent))
            } catch {
                write(request, response, context, byteCount: sent.count, isAborted: true)
                throw error
            }
            write(request, response, context, byteCount: sent.count)
        }
        return response
    }

    private func write(
        _ request: Request, _ response: Response, _ context: ServerRequestContext, byteCount: Int,
        isAborted: Bool = false
    ) {
        var facts: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
            "status": .stringConvertible(response.status.code),
            "ms": .stringConvertible((context.elapsed / .milliseconds(1) * 10).rounded() / 10),
            "bytes": .stringConvertible(byteCount),
        ]
        facts.add(context.client)
        if let name = context.outcome.keyName { facts["key.name"] = "\(name)" }
        if let code = context.outcome.failureCode { facts["code"] = "\(code)" }
        if isAborted { facts["aborted"] = "true" }
        // Probes and scrapes come every few seconds and say nothing new.
        let isRoutine = context.route.isRoutine && context.outcome.failureCode == nil
        context.logger.log(level: isRoutine ? .debug : .info, "request", metadata: facts)
    }
}

extension Logger.Metadata {
    /// Adds the addresses of a client.
    mutating func add(_ client: RequestClient) {
        if let peer = client.peer { self["peer"] = "\(peer)" }
        if let address = client.forwarded { self["client"] = "\(address)" }
    }
}

/// Bytes sent so far.
private final class ByteTally: Sendable {
    private let value = Atomic(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add(_ count: Int) { value.wrappingAdd(count, ordering: .relaxed) }
}

/// Counts what it passes on.
private struct CountingWriter: ResponseBodyWriter {
    var inner: any ResponseBodyWriter
    let sent: ByteTally

    mutating func write(_ content: ByteBuffer) async throws {
        try await inner.write(content)
        sent.add(content.readableBytes)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { try await inner.finish(trailingHeaders) }
}

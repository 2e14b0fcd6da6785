import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// The line about a request: who asked for what, and what became of it. Never the query, a body, or what was said.
struct RequestLog: Sendable {
    let logger: Logger
    let method: String
    let path: String
    let peer: String?
    private let start = ContinuousClock.now

    init(_ request: Request, peer: String?, logger: Logger) {
        method = request.method.rawValue
        path = request.uri.path
        self.peer = peer
        self.logger = logger
    }

    /// Probes come every few seconds and say nothing new.
    private var level: Logger.Level { path == "/health" || path == "/ready" ? .debug : .info }

    /// How long ago the request came.
    var elapsed: Duration { start.duration(to: .now) }

    /// The same answer; its line is written now if the length of its body is known, and else at the end of the body.
    /// The line of a WebSocket comes at its beginning: its end has one of its own.
    func writing(_ response: Response) -> Response {
        if let byteCount = response.body.contentLength ?? (response.status == .switchingProtocols ? 0 : nil) {
            write(response, byteCount: byteCount)
            return response
        }
        let (body, sent) = (response.body, ByteTally())
        var response = response
        response.body = ResponseBody { [response] writer in
            do {
                try await body.write(CountingWriter(inner: writer, sent: sent))
            } catch {
                write(response, byteCount: sent.count, isCut: true)
                throw error
            }
            write(response, byteCount: sent.count)
        }
        return response
    }

    private func write(_ response: Response, byteCount: Int, isCut: Bool = false) {
        var facts: Logger.Metadata = [
            "method": "\(method)", "path": "\(path)", "status": .stringConvertible(response.status.code),
            "ms": .stringConvertible(milliseconds), "bytes": .stringConvertible(byteCount),
        ]
        if let peer { facts["peer"] = "\(peer)" }
        if isCut { facts["cut"] = "true" }
        logger.log(level: level, "request", metadata: facts)
    }

    private var milliseconds: Double { (elapsed / .milliseconds(1) * 10).rounded() / 10 }
}

/// Bytes that were sent so far.
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

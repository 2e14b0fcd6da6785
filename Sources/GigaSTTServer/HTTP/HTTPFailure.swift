import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import STTValues

/// An answer that says what went wrong: `{"error": …, "code": …}`.
struct HTTPFailure: Error, Sendable {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var retryAfterMilliseconds: UInt32?
    var fields: HTTPFields = [:]
    /// Whether the rest of the request is not waited for.
    var endsConnection = false

    init(_ status: HTTPResponse.Status, code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// A failure of the engine, by the table.
    init(_ failure: WireFailure) {
        self.init(HTTPResponse.Status(code: failure.status), code: failure.code, failure.message)
        retryAfterMilliseconds = failure.retryAfterMilliseconds
        if let milliseconds = failure.retryAfterMilliseconds {
            fields[.retryAfter] = "\(max(1, (UInt64(milliseconds) + 999) / 1_000))"
        }
    }

    /// What an error is to a client. One that nobody foresaw is logged.
    init(_ error: any Error, logger: Logger) {
        self = error as? HTTPFailure ?? HTTPFailure(WireFailure(error))
        if status == .internalServerError, !(error is CancellationError), !Task.isCancelled {
            logger.error("a request failed", metadata: ["error": "\(error)"])
        }
    }

    /// The answer.
    var response: Response {
        let retry = retryAfterMilliseconds.map { #","retry_after_ms":\#($0)"# } ?? ""
        return response(
            body: #"{"error":\#(JSONLiteral.string(message)),"code":\#(JSONLiteral.string(code))\#(retry)}"#)
    }

    /// The same answer with another body, for protocols that tell failures in their own way.
    func response(body: String) -> Response {
        var response = Response.json(body, status: status)
        for field in fields { response.headers[field.name] = field.value }
        return endsConnection ? response.endingConnection() : response
    }

    static let originDenied = HTTPFailure(.forbidden, code: "origin_denied", "Origin not allowed")
    static let starting = HTTPFailure(.serviceUnavailable, code: "initializing", "server is starting up")
    static let shuttingDown = HTTPFailure(.serviceUnavailable, code: "shutting_down", "Server shutting down")
}

extension Response {
    /// The same answer, after which the connection is closed whatever the client still sends.
    fileprivate func endingConnection() -> Response {
        var response = self
        response.headers[.connection] = "close"
        let body = body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            throw CloseConnection()
        }
        return response
    }

    /// A JSON answer.
    static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

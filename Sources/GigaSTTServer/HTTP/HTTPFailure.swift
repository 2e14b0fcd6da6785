import HTTPTypes
import Hummingbird
import NIOCore
import STTValues

/// A failure as a client sees it: `{"error": …, "code": …}`, or OpenAI's envelope on the routes of its API.
struct HTTPFailure: HTTPResponseError {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    var retryAfterMilliseconds: UInt32?
    var fields: HTTPFields = [:]
    /// Whether the connection is closed without waiting for the rest of the request.
    var closesConnection = false

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

    /// Maps an error to the failure that a client sees. Work that ended because the client has left is its own doing;
    /// other work that is cancelled ends with the server.
    init(_ error: any Error, in context: ServerRequestContext) {
        if !context.channel.isActive {
            self = .clientClosed
        } else if error is CancellationError {
            self = .cancelled
        } else {
            self = error as? HTTPFailure ?? HTTPFailure(WireFailure(error))
        }
    }

    /// The response in the format of the clients that use the route.
    func response(from request: Request, context: some RequestContext) throws -> Response {
        let format = (context as? ServerRequestContext)?.route.failureFormat ?? .own
        var response = Response.json(format.body(self, for: request.headers), status: status)
        for field in fields { response.headers[field.name] = field.value }
        return closesConnection ? response.closingConnection() : response
    }

    static let originDenied = HTTPFailure(.forbidden, code: "origin_denied", "Origin not allowed")
    static let hostDenied = HTTPFailure(
        .forbidden, code: "host_denied",
        "Host name not allowed; the server accepts it with --allow-host or --public-url")
    static let starting = HTTPFailure(.serviceUnavailable, code: "initializing", "server is starting up")
    static let shuttingDown = HTTPFailure(.serviceUnavailable, code: "shutting_down", "Server shutting down")
    /// The shutdown ended the work.
    static let cancelled = HTTPFailure(.serviceUnavailable, code: "cancelled", "Server is shutting down")
    /// For log and metrics: the client left before its response (the status that nginx uses).
    static let clientClosed = HTTPFailure(
        HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"), code: "client_closed",
        "The client closed the connection")
}

/// How a route writes its failures.
enum FailureFormat: Sendable, Hashable {
    /// gigastt's: `{"error": message, "code": …}`.
    case own
    /// OpenAI's: `{"error": {"message": …, "type": …, "param": …, "code": …}}`.
    case openAI
    /// OpenAI's for requests with a bearer token, which its clients always send and those of gigastt's contract never.
    case shared
    /// Deepgram's: `{"err_code": …, "err_msg": …}`.
    case deepgram

    func body(_ failure: HTTPFailure, for fields: HTTPFields) -> JSONValue {
        let isOpenAI =
            switch self {
            case .own, .deepgram: false
            case .openAI: true
            case .shared: fields[.authorization]?.lowercased().hasPrefix("bearer ") == true
            }
        if isOpenAI { return OpenAIFailure(failure: failure).json }
        if self == .deepgram {
            return ["err_code": .string(failure.code), "err_msg": .string(failure.message)]
        }
        return [
            "error": .string(failure.message), "code": .string(failure.code),
            "retry_after_ms": failure.retryAfterMilliseconds.map { .integer($0) },
        ]
    }
}

extension Response {
    /// The same response, after which the connection is closed whatever the client still sends.
    fileprivate func closingConnection() -> Response {
        var response = self
        response.headers[.connection] = "close"
        let body = body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            throw CloseConnection()
        }
        return response
    }

    /// A JSON response.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.description)))
    }
}

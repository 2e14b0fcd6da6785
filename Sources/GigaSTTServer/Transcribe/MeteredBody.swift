import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// The body of a request, block by block as it comes, within its limit and its pace.
///
/// Iterating throws `HTTPFailure`: `payload_too_large`, `request_timeout`, `invalid_request`; and what the connection
/// throws.
struct MeteredBody: AsyncSequence, Sendable {
    private let body: RequestBody
    private let byteLimit: Int
    private let pace: UploadPace

    /// A client that announces more than is allowed, or something else than plain bytes, is refused before it sends
    /// anything.
    ///
    /// Throws `HTTPFailure`: `unsupported_media_type`, `payload_too_large`.
    init(_ request: Request, byteLimit: Int, pace: UploadPace) throws(HTTPFailure) {
        let encoding = request.headers[.contentEncoding] ?? ""
        guard ["", "identity"].contains(encoding.lowercased()) else { throw Self.encoded }
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        if announced > byteLimit { throw Self.tooLarge }
        body = request.body
        self.byteLimit = byteLimit
        self.pace = pace
    }

    func makeAsyncIterator() -> Iterator { Iterator(body: body.makeAsyncIterator(), byteLimit: byteLimit, pace: pace) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var body: RequestBody.AsyncIterator
        fileprivate let byteLimit: Int
        fileprivate let pace: UploadPace
        private let start = ContinuousClock.now
        private var byteCount = 0

        fileprivate init(body: RequestBody.AsyncIterator, byteLimit: Int, pace: UploadPace) {
            self.body = body
            self.byteLimit = byteLimit
            self.pace = pace
        }

        mutating func next() async throws -> ByteBuffer? {
            let block: ByteBuffer?
            do {
                block = try await body.next()
            } catch is HTTPParserError {
                throw MeteredBody.malformed
            }
            byteCount += block?.readableBytes ?? 0
            guard byteCount <= byteLimit else { throw MeteredBody.tooLarge }
            guard pace.admits(byteCount: byteCount, in: start.duration(to: .now)) else { throw MeteredBody.tooSlow }
            return block
        }
    }

    private static let tooSlow: HTTPFailure = {
        var failure = HTTPFailure(
            .requestTimeout, code: "request_timeout", "The body came too slowly; send it again over a faster connection"
        )
        failure.closesConnection = true
        return failure
    }()
    private static let malformed: HTTPFailure = {
        var failure = HTTPFailure(
            .badRequest, code: "invalid_request", "The body does not follow HTTP; its length or its chunks are wrong")
        failure.fields[.connection] = "close"
        return failure
    }()
    private static let encoded: HTTPFailure = {
        var failure = HTTPFailure(
            .unsupportedMediaType, code: "unsupported_media_type",
            "Content-Encoding is not supported; send the audio file as it is")
        failure.fields[.acceptEncoding] = "identity"
        return failure
    }()
    private static let tooLarge = HTTPFailure(
        .contentTooLarge, code: "payload_too_large", "Request body exceeds the configured size limit")
}

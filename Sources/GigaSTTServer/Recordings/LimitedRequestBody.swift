import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import Synchronization

/// The body of a request, block by block as it arrives, within its limit and not slower than the minimum rate.
///
/// Iterating throws `HTTPFailure`: `payload_too_large`, `invalid_request`; and what the connection throws.
struct LimitedRequestBody: AsyncSequence, Sendable {
    private let body: RequestBody
    private let byteLimit: Int
    private let clock: SharedUploadClock

    /// A client that announces more than is allowed, or a content coding, is refused before it sends anything.
    ///
    /// Throws `HTTPFailure`: `unsupported_media_type`, `payload_too_large`.
    init(_ request: Request, byteLimit: Int, rate: MinimumUploadRate) throws(HTTPFailure) {
        let encoding = request.headers[.contentEncoding] ?? ""
        guard ["", "identity"].contains(encoding.lowercased()) else { throw Self.encoded }
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        if announced > byteLimit { throw Self.tooLarge }
        body = request.body
        self.byteLimit = byteLimit
        clock = SharedUploadClock(rate)
    }

    /// Runs `read`, which iterates this body, and cancels it when the client becomes too slow.
    ///
    /// Throws what `read` throws, and `HTTPFailure` with code `request_timeout`.
    func receive<Value: Sendable>(_ read: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await read() }
            group.addTask { [clock] in
                try await clock.waitUntilTooSlow()
                throw Self.tooSlow
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(body: body.makeAsyncIterator(), byteLimit: byteLimit, clock: clock)
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var body: RequestBody.AsyncIterator
        fileprivate let byteLimit: Int
        fileprivate let clock: SharedUploadClock
        private var byteCount = 0

        fileprivate init(body: RequestBody.AsyncIterator, byteLimit: Int, clock: SharedUploadClock) {
            self.body = body
            self.byteLimit = byteLimit
            self.clock = clock
        }

        mutating func next() async throws -> ByteBuffer? {
            clock.wait()
            let block: ByteBuffer?
            do {
                block = try await body.next()
            } catch is HTTPParserError {
                throw LimitedRequestBody.malformed
            }
            let count = block?.readableBytes ?? 0
            clock.receive(byteCount: count)
            byteCount += count
            guard byteCount <= byteLimit else { throw LimitedRequestBody.tooLarge }
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
    static let tooLarge = HTTPFailure(
        .contentTooLarge, code: "payload_too_large", "Request body exceeds the configured size limit")
}

/// The clock of an upload, shared by the task that reads and the one that watches.
private final class SharedUploadClock: Sendable {
    private let clock: Mutex<UploadClock>
    private let lookInterval: Duration

    init(_ rate: MinimumUploadRate) {
        clock = Mutex(UploadClock(rate))
        lookInterval = max(rate.gracePeriod, .milliseconds(100))
    }

    func wait() { clock.withLock { $0.wait(at: .now) } }

    func receive(byteCount: Int) { clock.withLock { $0.receive(byteCount: byteCount, at: .now) } }

    /// Returns when the client is too slow; throws `CancellationError`.
    func waitUntilTooSlow() async throws {
        while true {
            let now = ContinuousClock.now
            let deadline = clock.withLock { $0.deadline }
            if let deadline, deadline <= now { return }
            try await ContinuousClock().sleep(until: min(deadline ?? now + lookInterval, now + lookInterval))
        }
    }
}

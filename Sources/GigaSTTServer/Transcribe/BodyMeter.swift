import HTTPTypes
import Hummingbird

/// Counts the bytes of a body against its limit and its pace.
struct BodyMeter: Sendable {
    private let byteLimit: Int
    private let pace: UploadPace
    private let start = ContinuousClock.now
    private var byteCount = 0

    /// A client that announces more than is allowed is refused before it sends anything.
    ///
    /// Throws `HTTPFailure` with code `payload_too_large`.
    init(_ request: Request, byteLimit: Int, pace: UploadPace) throws(HTTPFailure) {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        if announced > byteLimit { throw Self.tooLarge }
        self.byteLimit = byteLimit
        self.pace = pace
    }

    /// Notes bytes that came. Throws `HTTPFailure`: `payload_too_large`, `request_timeout`.
    mutating func count(_ count: Int) throws(HTTPFailure) {
        byteCount += count
        guard byteCount <= byteLimit else { throw Self.tooLarge }
        guard pace.admits(byteCount: byteCount, in: start.duration(to: .now)) else { throw Self.tooSlow }
    }

    private static let tooSlow: HTTPFailure = {
        var failure = HTTPFailure(
            .requestTimeout, code: "request_timeout", "The body came too slowly; send it again over a faster connection"
        )
        failure.endsConnection = true
        return failure
    }()
    private static let tooLarge = HTTPFailure(
        .contentTooLarge, code: "payload_too_large", "Request body exceeds the configured size limit")
}

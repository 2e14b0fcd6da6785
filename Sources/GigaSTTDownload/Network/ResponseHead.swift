import Foundation

/// What counts in the head of an answer.
struct ResponseHead: Equatable {
    var status: Int
    var contentLength: Int64?
    var contentRange: ContentRange?
    /// The `ETag` if it is a strong one: only that may be used to resume (RFC 9110, 13.1.5).
    var strongETag: String?
    var location: String?
    var retryAfter: Duration?

    /// Reads the headers through `value`, which gives the first one of a name.
    init(status: Int, now: Date = Date(), value: (String) -> String?) {
        self.status = status
        contentLength = value("Content-Length").flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
        contentRange = ContentRange(value("Content-Range"))
        strongETag = value("ETag").flatMap { $0.hasPrefix("\"") && $0.hasSuffix("\"") && $0.count > 1 ? $0 : nil }
        location = value("Location")
        retryAfter = value("Retry-After").flatMap { Self.wait($0, now: now) }
    }

    /// Seconds, or a date (RFC 9110, 10.2.3).
    private static func wait(_ header: String, now: Date) -> Duration? {
        if let seconds = Int64(header) { return seconds < 0 ? nil : .seconds(min(seconds, 1 << 32)) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let date = format.date(from: header) else { return nil }
        return .seconds(min(max(date.timeIntervalSince(now), 0), 4e9))
    }
}

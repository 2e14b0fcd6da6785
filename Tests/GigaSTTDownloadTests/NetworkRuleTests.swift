import Foundation
import Testing

@testable import GigaSTTDownload

@Suite("Retry schedule")
struct RetryScheduleTests {
    @Test(arguments: [
        (1, nil, 0.0, Duration.milliseconds(500)), (1, nil, 1.0, .seconds(1)), (2, nil, 0.5, .milliseconds(1500)),
        (3, nil, 1.0, .seconds(4)), (4, nil, 1.0, .seconds(8)), (1, Duration.seconds(30), 0.0, .seconds(30)),
        (1, .seconds(3600), 0.0, .seconds(60)), (4, .seconds(1), 1.0, .seconds(8)),
    ])
    func waitsDoubleAndAreAtLeastWhatTheServerAsks(
        failures: Int, retryAfter: Duration?, jitter: Double, wait: Duration
    ) {
        #expect(RetrySchedule.standard.wait(afterFailures: failures, retryAfter: retryAfter, jitter: jitter) == wait)
    }

    @Test func theFifthFailureIsTheLast() {
        #expect(RetrySchedule.standard.wait(afterFailures: 5, retryAfter: .seconds(1), jitter: 0) == nil)
    }

    @Test func noWaitIsLongerThanTheLimit() {
        let schedule = RetrySchedule(tries: .max, firstWait: .seconds(1), longestWait: .seconds(60))
        for failures in [7, 20, 64, 1_000_000] {
            #expect(schedule.wait(afterFailures: failures, retryAfter: nil, jitter: 1) == .seconds(60))
        }
    }
}

@Suite("Content-Range")
struct ContentRangeTests {
    @Test(
        arguments: [
            ("bytes 0-9/10", 0, 10), ("bytes 5-9/10", 5, 10), ("bytes 5-9/*", 5, nil), ("Bytes  5-9/10", 5, 10),
            ("bytes */10", nil, 10),
        ] as [(String, Int64?, Int64?)])
    func partsAreRead(header: String, first: Int64?, total: Int64?) throws {
        let range = try #require(ContentRange(header))
        #expect(range.first == first && range.total == total)
    }

    @Test(arguments: [
        "", "bytes", "bytes 0-9", "bytes 9-5/10", "bytes 0-10/10", "bytes -5/10", "bytes 5-/10", "bytes a-b/c",
        "items 0-9/10", "bytes 0-9/-1", "bytes 0-99999999999999999999/10", "bytes 0-9/10/11", "bytes 0-9/x",
    ])
    func anythingElseIsNoRange(header: String) {
        #expect(ContentRange(header) == nil)
    }
}

@Suite("Head of an answer")
struct ResponseHeadTests {
    // RFC 9110 writes this moment as below; it is 784111777 s after 1970.
    static let moment = Date(timeIntervalSince1970: 784_111_777)

    @Test(
        arguments: [
            ("7", 0, Duration.seconds(7)), ("Sun, 06 Nov 1994 08:49:37 GMT", -30, .seconds(30)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 30, .zero), ("-1", 0, nil), ("soon", 0, nil), ("", 0, nil),
            ("99999999999999999999", 0, nil),
        ] as [(String, Double, Duration?)])
    func retryAfterIsSecondsOrADate(header: String, offset: Double, wait: Duration?) {
        let now = Self.moment.addingTimeInterval(offset)
        let head = ResponseHead(status: 503, now: now) { $0 == "Retry-After" ? header : nil }
        #expect(head.retryAfter == wait)
    }

    @Test(
        arguments: [
            (#""a""#, #""a""#), (#"W/"a""#, nil), ("a", nil), ("\"", nil), ("", nil),
        ] as [(String, String?)])
    func onlyAStrongETagCounts(header: String, eTag: String?) {
        #expect(ResponseHead(status: 200) { $0 == "ETag" ? header : nil }.strongETag == eTag)
    }

    @Test(arguments: [("10", 10), ("-1", nil), ("x", nil), ("99999999999999999999", nil)] as [(String, Int64?)])
    func aLengthIsANumberOrNothing(header: String, length: Int64?) {
        #expect(ResponseHead(status: 200) { $0 == "Content-Length" ? header : nil }.contentLength == length)
    }
}

@Suite("Redirects")
struct RedirectTests {
    @Test(
        arguments: [
            ("https://a.example/x", "/y", "https://a.example/y"),
            ("https://a.example/x", "https://b.example/z?q=1", "https://b.example/z?q=1"),
            ("http://a.example/x", "https://a.example/x", "https://a.example/x"),
            ("http://a.example/x", "http://b.example/", "http://b.example/"),
            ("https://a.example/x", "http://a.example/x", nil), ("https://a.example/x", "file:///etc/passwd", nil),
            ("https://a.example/x", nil, nil), ("https://a.example/x", "unix:///run/x", nil),
        ] as [(String, String?, String?)])
    func redirectsStayEncryptedAndOnTheWeb(from: String, location: String?, target: String?) throws {
        var redirects = Redirects()
        switch redirects.follow(location, from: try #require(URL(string: from))) {
        case .follow(let url): #expect(url.absoluteString == target)
        case .refuse: #expect(target == nil)
        }
    }

    @Test func theSixthIsRefused() throws {
        let url = try #require(URL(string: "https://a.example/x"))
        var redirects = Redirects()
        let target = try #require(URL(string: "https://a.example/y"))
        let steps = (1...6).map { _ in redirects.follow("/y", from: url) }
        #expect(steps == Array(repeating: .follow(target), count: 5) + [.refuse("more than 5 redirects")])
    }
}

import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct TokenBucketTests {
    struct Case: Sendable {
        let limit: RateLimit
        /// Milliseconds, and whether a request then is allowed.
        let requests: [(Int, Bool)]

        init(_ perMinute: Int, burst: Int, _ requests: (Int, Bool)...) {
            limit = RateLimit(perMinute: perMinute, burst: burst)
            self.requests = requests
        }
    }

    static let cases = [
        // A token a second; a new bucket is full.
        Case(60, burst: 2, (0, true), (0, true), (0, false), (999, false), (1_000, true), (1_000, false)),
        // Fractions count: half a token, and another half.
        Case(60, burst: 1, (0, true), (500, false), (1_000, true), (1_999, false), (2_000, true)),
        // A long pause fills it, and no further.
        Case(60, burst: 2, (0, true), (0, true), (3_600_000, true), (3_600_000, true), (3_600_000, false)),
        Case(1, burst: 1, (0, true), (59_999, false), (60_000, true)),
        Case(60_000, burst: 1, (0, true), (0, false), (1, true), (2, true)),
        // A clock that goes back gives nothing and takes nothing.
        Case(60, burst: 1, (10_000, true), (0, false), (10_500, false), (11_000, true)),
    ]

    @Test(arguments: cases) func tokensComeAtTheirRate(item: Case) {
        var bucket = TokenBucket(item.limit, at: .milliseconds(item.requests[0].0))
        for (index, (time, isAllowed)) in item.requests.enumerated() {
            #expect(bucket.take(item.limit, at: .milliseconds(time)) == isAllowed, "request \(index)")
        }
    }

    @Test(arguments: [(1, 60_000), (10, 6_000), (30, 2_000), (59, 1_016), (60, 1_000), (600, 100), (60_000, 1)])
    func waitIsThatOfTheContract(perMinute: Int, milliseconds: UInt32) {
        #expect(RateLimit(perMinute: perMinute).retryAfterMilliseconds == milliseconds)
    }

    @Test func burstOfNothingIsRefusedWhenTheLimitIsOn() throws {
        try RateLimit(perMinute: 0, burst: 0).check()
        try RateLimit(perMinute: 1, burst: 1).check()
        let error = #expect(throws: ServerError.self) { try RateLimit(perMinute: 1, burst: 0).check() }
        #expect(error?.code == .settingInvalid)
        #expect(error?.message == "--rate-limit-burst must be > 0 when --rate-limit-per-minute is enabled")
    }
}

@Suite struct BucketTableTests {
    private static func client(_ number: Int) throws -> ClientAddress {
        try #require(InternetAddress("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)")).client
    }

    @Test func clientsDoNotPayForOneAnother() throws {
        var table = BucketTable(RateLimit(perMinute: 1, burst: 1))
        var generator = SeededRandom(1)
        for number in 0..<3 { #expect(table.take(for: try Self.client(number), at: .zero, using: &generator)) }
        for number in 0..<3 { #expect(!table.take(for: try Self.client(number), at: .zero, using: &generator)) }
        #expect(table.count == 3)
    }

    @Test func stalestOfASampleGoesWhenItIsFull() throws {
        var table = BucketTable(RateLimit(perMinute: 1, burst: 1), countLimit: 5)
        var generator = SeededRandom(1)
        for number in 0..<5 {
            #expect(table.take(for: try Self.client(number), at: .seconds(number), using: &generator))
        }
        // 100 draws of 5 miss the stalest once in five billion times.
        #expect(table.take(for: try Self.client(5), at: .seconds(5), using: &generator))
        #expect(table.count == 5)
        for number in 1..<6 {
            #expect(!table.take(for: try Self.client(number), at: .seconds(6), using: &generator), "\(number)")
        }
        #expect(table.take(for: try Self.client(0), at: .seconds(6), using: &generator))
    }

    @Test func tableIsBounded() throws {
        var table = BucketTable(RateLimit(perMinute: 1, burst: 1))
        var generator = SeededRandom(1)
        for number in 0..<100_001 { _ = table.take(for: try Self.client(number), at: .zero, using: &generator) }
        #expect(table.count == 100_000)
    }

    @Test func idleBucketsAreDropped() throws {
        var table = BucketTable(RateLimit(perMinute: 1, burst: 100))
        var generator = SeededRandom(1)
        _ = table.take(for: try Self.client(1), at: .zero, using: &generator)
        _ = table.take(for: try Self.client(2), at: .seconds(59), using: &generator)
        _ = table.take(for: try Self.client(3), at: .seconds(300), using: &generator)
        #expect(table.count == 3)
        _ = table.take(for: try Self.client(3), at: .seconds(359), using: &generator)
        #expect(table.count == 3)
        _ = table.take(for: try Self.client(3), at: .seconds(360), using: &generator)
        #expect(table.count == 1)
        #expect(table.take(for: try Self.client(1), at: .seconds(360), using: &generator) && table.count == 2)
    }
}

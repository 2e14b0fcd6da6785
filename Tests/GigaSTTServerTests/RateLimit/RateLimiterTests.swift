import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GigaSTTServer

@Suite struct RateLimiterTests {
    @Test(arguments: [
        // Without trust headers say nothing.
        ("127.0.0.1", false, "1.2.3.4", nil, "127.0.0.1"), ("8.8.8.8", true, "1.2.3.4", nil, "8.8.8.8"),
        ("127.0.0.1", true, nil, nil, "127.0.0.1"), ("127.0.0.1", true, "1.2.3.4", "5.6.7.8", "1.2.3.4"),
        ("10.0.0.1", true, " 1.2.3.4 , 9.9.9.9", nil, "1.2.3.4"), ("172.16.0.1", true, "x", "5.6.7.8", "5.6.7.8"),
        ("172.31.255.255", true, "", "5.6.7.8", "5.6.7.8"), ("172.32.0.1", true, "1.2.3.4", nil, "172.32.0.1"),
        ("172.15.0.1", true, "1.2.3.4", nil, "172.15.0.1"), ("192.168.9.9", true, "1.2.3.4:80", "y", "192.168.9.9"),
        ("192.169.0.1", true, "1.2.3.4", nil, "192.169.0.1"), ("::1", true, "1.2.3.4", nil, "1.2.3.4"),
        ("fd00::1", true, "1.2.3.4", nil, "1.2.3.4"), ("fe80::1", true, "1.2.3.4", nil, "1.2.3.4"),
        ("febf::1", true, "1.2.3.4", nil, "1.2.3.4"), ("fec0::1", true, "1.2.3.4", nil, "fec0::1"),
        ("fe00::1", true, "1.2.3.4", nil, "fe00::1"), ("::2", true, "1.2.3.4", nil, "::2"),
        ("::ffff:10.0.0.1", true, "::ffff:1.2.3.4", nil, "1.2.3.4"), ("::ffff:8.8.8.8", false, nil, nil, "8.8.8.8"),
        ("127.0.0.1", true, "2001:db8::1", nil, "2001:db8::1"), ("127.0.0.1", true, "[2001:db8::1]", nil, "127.0.0.1"),
        ("127.0.0.1", true, "1.2.3.4, ", "5.6.7.8", "1.2.3.4"), ("127.0.0.1", true, ",1.2.3.4", nil, "127.0.0.1"),
        ("127.0.0.1", true, "localhost", nil, "127.0.0.1"), ("127.0.0.1", true, "1.2.3", nil, "127.0.0.1"),
    ])
    func addressThatCountsIsFound(
        peer: String, trustsProxy: Bool, forwarded: String?, real: String?, expected: String
    ) throws {
        var fields = HTTPFields()
        fields[.forwardedFor] = forwarded
        fields[.realAddress] = real
        let address = try SocketAddress(ipAddress: peer, port: 1)
        let client = RequestClient(peer: address, fields, trustsProxy: trustsProxy)
        #expect(try client.address == #require(InternetAddress(expected)).client)
        #expect(client.peer == address.ipAddress)
        let isForwarded = try #require(InternetAddress(peer)).client != client.address
        #expect(client.forwarded == (isForwarded ? expected : nil))
    }

    @Test func networkOfAnIPv6CustomerCountsAsOne() throws {
        func client(_ text: String) throws -> ClientAddress { try #require(InternetAddress(text)).client }
        #expect(try client("2001:db8:1:2::1") == client("2001:db8:1:2:ffff:ffff:ffff:ffff"))
        #expect(try client("2001:db8:1:2::1") != client("2001:db8:1:3::1"))
        #expect(try client("1.2.3.4") != client("1.2.3.5"))
        #expect(try client("::1") != client("0.0.0.0"))
        #expect(InternetAddress(String(repeating: "1", count: 100_000)) == nil)
        let nobody = try SocketAddress(unixDomainSocketPath: "/x")
        #expect(RequestClient(peer: nobody, [:], trustsProxy: true).address == .unknown)
        #expect(RequestClient(peer: nil, [:], trustsProxy: true).address == .unknown)
    }

    private final class Clock: Sendable {
        private let time = Mutex(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        func advance(by step: Duration) { time.withLock { $0 += step } }
    }

    @Test func refusalsAreToldAndCounted() throws {
        let (clock, client) = (Clock(), try #require(InternetAddress("1.2.3.4")).client)
        let limiter = RateLimiter(RateLimit(perMinute: 59, burst: 1)) { clock.now }
        try limiter.consume(for: client)
        let failure = #expect(throws: HTTPFailure.self) { try limiter.consume(for: client) }
        #expect(failure?.status == .tooManyRequests && failure?.code == "rate_limited")
        #expect(failure?.message == "Too many requests" && failure?.retryAfterMilliseconds == 1_016)
        #expect(failure?.fields[.retryAfter] == "2" && limiter.refusalCount == 1)
        clock.advance(by: .milliseconds(1_017))
        try limiter.consume(for: client)
        #expect(limiter.refusalCount == 1)
    }

    @Test func limitIsReplacedSwitchedOffAndOn() throws {
        let (clock, client) = (Clock(), try #require(InternetAddress("1.2.3.4")).client)
        let limiter = RateLimiter(RateLimit()) { clock.now }
        for _ in 0..<1_000 { try limiter.consume(for: client) }
        limiter.replace(RateLimit(perMinute: 1, burst: 2))
        for _ in 0..<2 { try limiter.consume(for: client) }
        #expect(throws: HTTPFailure.self) { try limiter.consume(for: client) }
        limiter.replace(RateLimit(perMinute: 1, burst: 2))
        #expect(throws: HTTPFailure.self, "the same limit forgives nothing") { try limiter.consume(for: client) }
        limiter.replace(RateLimit(perMinute: 1, burst: 1))
        try limiter.consume(for: client)
        limiter.replace(RateLimit())
        for _ in 0..<1_000 { try limiter.consume(for: client) }
        #expect(limiter.refusalCount == 2)
    }
}

import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct SocketRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let raw: [UInt8]
        let close: String
        var testDescription: String { name }

        init(_ name: String, _ raw: [UInt8], _ close: String) { (self.name, self.raw, self.close) = (name, raw, close) }
    }

    static let cases = [
        Case("unmasked", [0x81, 2, 104, 105], "close 1002 unmasked frame"),
        Case("unmasked, its length alone", [0x82, 0x7F], "close 1002 unmasked frame"),
        Case("reserved bit", [0xC1, 0x80, 0, 0, 0, 0], "close 1002 reserved bit"),
        Case("second reserved bit", [0xA1, 0x80, 0, 0, 0, 0], "close 1002 reserved bit"),
        Case("third reserved bit", [0x91, 0x80, 0, 0, 0, 0], "close 1002 reserved bit"),
        Case("stray continuation", [0x80, 0x80, 0, 0, 0, 0], "close 1002 nothing to continue"),
        Case("unknown opcode", [0x83, 0x80, 0, 0, 0, 0], "close 1002 unknown opcode"),
        Case("unknown control opcode", [0x8B, 0x80, 0, 0, 0, 0], "close 1002 unknown opcode"),
        Case("ping in fragments", [0x09, 0x80, 0, 0, 0, 0], "close 1002 malformed frame"),
        Case(
            "message inside a message", WireClient.frame(2, [1], fin: false) + WireClient.frame(1, [32]),
            "close 1002 message inside a message"),
        Case("close frame of one byte", WireClient.frame(8, [3]), "close 1002 malformed close frame"),
        Case("long ping", [0x89, 0xFE, 0, 126, 0, 0, 0, 0], "close 1002 malformed frame"),
        Case("invalid text", WireClient.frame(1, [0xFF]), "close 1007 text is not UTF-8"),
        Case("bad close code", WireClient.frame(8, [3, 237]), "close 1002 invalid close code"),
        Case("one byte too many", WireClient.frame(2, .init(repeating: 0, count: 1_001)), "close 1009 message too big"),
        Case("long text", WireClient.frame(1, .init(repeating: 32, count: 1_001)), "close 1009 message too big"),
        Case(
            "long message of short fragments",
            WireClient.frame(2, .init(repeating: 0, count: 600), fin: false)
                + WireClient.frame(0, .init(repeating: 0, count: 600)), "close 1009 message too big"),
        Case(
            "length of 63 bits", [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
            "close 1009 message too big"),
        Case(
            "length of 64 bits", [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
            "close 1009 message too big"),
        Case(
            "flood of fragments",
            WireClient.frame(2, [], fin: false)
                + Array(repeating: WireClient.frame(0, [], fin: false), count: 5_000).joined(),
            "close 1008 too many fragments"),
    ]

    @Test func violationsAreNamedAndEndNoOtherSession() async throws {
        try await RunningServer.use({ $0.session.messageByteLimit = 1_000 }) { port, _ in
            var other = try await WireClient.live(port: port)
            for violation in Self.cases {
                var client = try await WireClient.live(port: port)
                try await client.send(raw: violation.raw)
                #expect(try await client.rest() == [violation.close], "\(violation.name)")
            }
            var client = try await WireClient.live(port: port)
            try await client.send(binary: .init(repeating: 0, count: 1_000))
            try await client.send(text: Speech.stop)
            #expect(try await client.rest() == ["final: ", "close 1000 "])
            try await other.send(opcode: 9, Array("abc".utf8))
            #expect(try await other.frame() == .init(opcode: 10, content: Array("abc".utf8)))
            await other.leave()
        }
    }

    @Test func emptyMessagesAreCountedWhileTheFloodGoesOn() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            let flood = Array(repeating: WireClient.frame(2, []), count: 3_000).joined()
            try await client.send(raw: Array(flood))
            #expect(try await client.rest() == ["policy_violation", "close 1008 policy violation"])
        }
    }

    @Test func handshakeIsChecked() async throws {
        try await RunningServer.use { port, _ in
            let changes: [(String, String?, Int)] = [
                ("Connection", nil, 400), ("Upgrade", "h2c", 400), ("Sec-WebSocket-Version", "8", 400),
                ("Sec-WebSocket-Key", nil, 400), ("Sec-WebSocket-Key", "short", 400),
                ("Origin", "https://evil.example", 403), ("Origin", "null", 403), ("Origin", "http://localhost:5", 101),
            ]
            for (name, value, status) in changes {
                var fields = WireClient.upgradeFields
                fields[name] = value
                var client = try await WireClient(port: port)
                let answer = try await client.request("GET", "/v1/ws", fields)
                #expect(answer.status == status, "\(name)")
                if status == 101 { #expect(answer.fields["access-control-allow-origin"] == "http://localhost:5") }
                if status == 403 { #expect(answer.body == #"{"error":"Origin not allowed","code":"origin_denied"}"#) }
                await client.leave()
            }
        }
    }

    /// gigastt contract, section 1.1.
    @Test func handshakeIsAGet() async throws {
        try await RunningServer.use { port, _ in
            for fields in [[:], WireClient.upgradeFields] {
                for method in ["HEAD", "POST", "PUT"] {
                    var client = try await WireClient(port: port)
                    let answer = try await client.request(method, "/v1/ws", fields)
                    #expect(answer.status == 405 && answer.fields["allow"] == "GET, OPTIONS", "\(method)")
                    await client.leave()
                }
            }
        }
    }

    @Test func acceptKeyIsThatOfTheStandard() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            var fields = WireClient.upgradeFields
            fields["Sec-WebSocket-Protocol"] = "foo"
            fields["Sec-WebSocket-Extensions"] = "permessage-deflate"
            fields["X-Request-Id"] = "abc-1"
            // An upgrade may also be the second request of a connection.
            #expect(try await client.request("GET", "/health").status == 200)
            let answer = try await client.request("GET", "/v1/ws?foo=bar", fields)
            // RFC 6455 section 1.3.
            #expect(answer.status == 101 && answer.fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(answer.fields["sec-websocket-protocol"] == nil && answer.fields["sec-websocket-extensions"] == nil)
            #expect(answer.fields["x-request-id"] == "abc-1")
            #expect(try await client.message()["type"] as? String == "ready")
            await client.leave()
        }
    }
}

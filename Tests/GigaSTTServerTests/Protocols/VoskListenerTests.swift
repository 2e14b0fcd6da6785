import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// `--vosk` through the socket.
@Suite struct VoskListenerTests {
    private static func connect(_ port: Int, path: String = "/") async throws -> WireClient {
        var client = try await WireClient(port: port)
        let answer = try await client.request("GET", path, WireClient.upgradeFields)
        try #require(answer.status == 101)
        return client
    }

    /// A recording in messages of a fifth of a second, one reply read for each; returns the texts of the results.
    private static func speak(_ client: inout WireClient, _ recording: [UInt8]) async throws -> [String] {
        try await client.send(text: #"{ "config" : { "sample_rate" : 16000 } }"#)
        var texts: [String] = []
        for start in stride(from: 0, to: recording.count, by: 6_400) {
            try await client.send(binary: Array(recording[start..<min(start + 6_400, recording.count)]))
            if let text = try await client.message()["text"] as? String { texts.append(text) }
        }
        return texts
    }

    @Test func textIsThatOfTheFile() async throws {
        let expected = try await RunningServer.expected("11_").words.map(\.text).joined(separator: " ")
        try await RunningServer.use(.vosk) { port, _ in
            var client = try await Self.connect(port, path: "/any/path?x=1")
            var texts = try await Self.speak(&client, try Speech.bytes("11_"))
            try await client.send(text: #"{"eof" : 1}"#)
            texts.append(try await client.message()["text"] as? String ?? "")
            #expect(texts.filter { !$0.isEmpty }.joined(separator: " ") == expected)
            #expect(try await client.rest() == ["close 1000 "])
        }
    }

    @Test func portIsEncryptedWithACertificate() async throws {
        let certificate = try await TestCertificate()
        let trust = try certificate.trust()
        let expected = try await RunningServer.expected("07_").words.map(\.text).joined(separator: " ")
        try await RunningServer.use(.vosk, { $0.tls = certificate.files }) { port, _ in
            var client = try await WireClient(port: port, tls: trust)
            try #require(try await client.request("GET", "/", WireClient.upgradeFields).status == 101)
            var texts = try await Self.speak(&client, try Speech.bytes("07_"))
            try await client.send(text: #"{"eof" : 1}"#)
            texts.append(try await client.message()["text"] as? String ?? "")
            #expect(texts.filter { !$0.isEmpty }.joined(separator: " ") == expected)
            #expect(try await client.rest() == ["close 1000 "])
        }
    }

    @Test func resetReturnsTheTextAndTheSessionGoesOn() async throws {
        let expected = try await RunningServer.expected("08_").words.map(\.text).joined(separator: " ")
        try await RunningServer.use(.vosk) { port, _ in
            var client = try await Self.connect(port)
            for _ in 0..<2 {
                var texts = try await Self.speak(&client, try Speech.bytes("08_"))
                try await client.send(text: #"{"reset" : 1}"#)
                texts.append(try await client.message()["text"] as? String ?? "")
                #expect(texts.filter { !$0.isEmpty }.joined(separator: " ") == expected)
            }
        }
    }

    @Test(arguments: [3_202, 3_203]) func aResetMaySplitASample(_ count: Int) async throws {
        let expected = try await RunningServer.expected("08_").words.map(\.text).joined(separator: " ")
        try await RunningServer.use(.vosk) { port, _ in
            var client = try await Self.connect(port)
            let recording = try Speech.bytes("08_")
            _ = try await Self.speak(&client, Array(recording[..<count]))
            try await client.send(text: #"{"reset" : 1}"#)
            #expect(try await client.message()["text"] as? String == "")
            var texts = try await Self.speak(&client, Array(recording[count...]))
            try await client.send(text: #"{"eof" : 1}"#)
            texts.append(try await client.message()["text"] as? String ?? "")
            #expect(texts.filter { !$0.isEmpty }.joined(separator: " ") == expected)
        }
    }

    @Test func shutdownSendsTheLastResult() async throws {
        try await RunningServer.use(.vosk) { port, server in
            var client = try await Self.connect(port)
            let texts = try await Self.speak(&client, try Speech.bytes("07_"))
            await server.drain()
            let last = try await client.message()["text"] as? String
            #expect(!(texts + [last ?? ""]).joined().isEmpty && last != nil)
            #expect(try await client.rest() == ["close 1001 server shutdown"])
        }
    }

    @Test func otherRequestsAreRefused() async throws {
        try await RunningServer.use(.vosk) { port, _ in
            for (method, fields, status) in [
                ("GET", [:], 400), ("POST", [:], 405), ("GET", ["Origin": "https://evil.example"], 403),
            ] as [(String, [String: String], Int)] {
                var client = try await WireClient(port: port)
                #expect(try await client.request(method, "/v1/transcribe", fields).status == status)
                await client.leave()
            }
        }
    }

    /// The test machine's own address is loopback: a range that is not it, and a proxy, stand for others.
    @Test func keysArePossibleAndThisMachineNeedsNone() async throws {
        let file = try KeyFile("test transcribe 0123456789abcdef\n")
        try await RunningServer.use(.vosk, { $0.apiKeyFile = file.path }) { port, _ in
            _ = try await Self.connect(port)
            var fields = WireClient.upgradeFields
            fields["X-Forwarded-For"] = "203.0.113.7"
            var client = try await WireClient(port: port)
            #expect(try await client.request("GET", "/", fields).status == 401)
            fields["Authorization"] = "Bearer 0123456789abcdef"
            client = try await WireClient(port: port)
            #expect(try await client.request("GET", "/", fields).status == 101)
        }
    }

    @Test func addressesNeedConsentLikeTheMainOne() {
        var settings = ServerSettings()
        settings.listeners[.vosk] = ListenAddress("0.0.0.0:2700")
        let error = #expect(throws: ServerError.self) {
            try Server(settings, handlesSignals: false, logger: .quiet) { throw CancellationError() }
        }
        #expect(error?.code == .bindRefused)
        settings.allowsNonLoopback = true
        #expect(BindPolicy.warnings(settings).contains { $0.hasPrefix("vosk on 0.0.0.0 is reachable") })
    }
}

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("192.168.0.0/16", "192.168.3.4", true), ("192.168.0.0/16", "192.169.0.1", false),
        ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("10.1.2.3/9", "10.127.0.1", true), ("10.1.2.3/9", "10.128.0.1", false),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("::/0", "10.0.0.1", true),
        ("2001:db8::/65", "2001:db8::7fff:0:0:1", true), ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
        ("::1", "::1", true), ("10.0.0.0/8", "::ffff:10.0.0.1", true),
    ])
    func rangesContainTheirAddresses(range: String, address: String, isInside: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try #require(InternetAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+1", "::/129", "10.0.0/8", "home", "::1/", "1.2.3.4/8/8",
    ])
    func otherTextIsNoRange(text: String) { #expect(AddressRange(text) == nil) }

    @Test(arguments: [
        ("127.0.0.1", false, true), ("127.8.9.1", false, true), ("::1", false, true), ("127.0.0.1", true, false),
        ("10.0.0.1", false, true), ("10.0.0.1", true, true), ("192.168.0.1", false, false),
    ])
    func thisMachineAndListedRangesNeedNoKey(address: String, isForwarded: Bool, isAdmitted: Bool) throws {
        let policy = KeylessPolicy(ranges: [try #require(AddressRange("10.0.0.0/8"))])
        #expect(policy.admits(InternetAddress(address), isForwarded: isForwarded) == isAdmitted)
    }

    @Test func peerWithoutAnAddressNeedsAKey() {
        #expect(!KeylessPolicy(ranges: []).admits(nil, isForwarded: false))
    }
}

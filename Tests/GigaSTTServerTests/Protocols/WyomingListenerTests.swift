import Foundation
import GigaSTT
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// `--wyoming` through the socket.
@Suite struct WyomingListenerTests {
    private static func line(_ type: String, _ data: String = "{}", payload: [UInt8] = []) -> [UInt8] {
        Array(#"{"type":"\#(type)","data":\#(data),"payload_length":\#(payload.count)}"#.utf8) + [10] + payload
    }

    private static let format = #"{"rate":16000,"width":2,"channels":1}"#

    private static func speak(_ client: WireClient, _ recording: [UInt8]) async throws {
        try await client.send(raw: line("transcribe", #"{"language":"ru"}"#) + line("audio-start", format))
        for start in stride(from: 0, to: recording.count, by: 2_048) {
            let part = Array(recording[start..<min(start + 2_048, recording.count)])
            try await client.send(raw: line("audio-chunk", format, payload: part))
        }
    }

    /// The events up to the end of the connection: type and text.
    private static func events(_ client: inout WireClient) async throws -> [(type: String, text: String)] {
        try await client.remainder().split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let data = object?["data"] as? [String: Any]
            return (object?["type"] as? String ?? "", data?["text"] as? String ?? data?["code"] as? String ?? "")
        }
    }

    @Test func textIsThatOfTheFile() async throws {
        let expected = try await RunningServer.expected("11_").text
        try await RunningServer.use(.wyoming) { port, _ in
            var client = try await WireClient(port: port)
            try await Self.speak(client, try Speech.bytes("11_"))
            try await client.send(raw: Self.line("audio-stop"))
            let events = try await Self.events(&client)
            #expect(events.first { $0.type == "transcript" }?.text == expected)
            #expect(events.filter { $0.type == "transcript-chunk" }.map(\.text).joined() == expected)
            #expect(events.last?.type == "transcript-stop")
        }
    }

    @Test func clientThatClosesItsSideGetsItsText() async throws {
        let expected = try await RunningServer.expected("07_").text
        try await RunningServer.use(.wyoming) { port, _ in
            var client = try await WireClient(port: port)
            try await Self.speak(client, try Speech.bytes("07_"))
            try await client.send(raw: Self.line("audio-stop"))
            try? await client.channel.close(mode: .output)
            #expect(try await Self.events(&client).first { $0.type == "transcript" }?.text == expected)
        }
    }

    @Test func shutdownSendsTheTranscript() async throws {
        try await RunningServer.use(.wyoming) { port, server in
            var client = try await WireClient(port: port)
            try await Self.speak(client, try Speech.bytes("07_"))
            // Answered when everything before it has been taken.
            try await client.send(raw: Self.line("ping"))
            while try await client.line().contains("pong") == false {}
            await server.drain()
            #expect(try await Self.events(&client).contains { $0.type == "transcript" && !$0.text.isEmpty })
        }
    }

    @Test func questionsNeedNoPlace() async throws {
        let expected = try await RunningServer.expected("07_").text
        try await RunningServer.use(
            .wyoming,
            {
                $0.budget.sessions = .init(total: 1)
                $0.queueTimeout = .seconds(60)
            }
        ) { port, server in
            let place = Mutex<BudgetPermit?>(try server.budget.takeIfFree(.sessions, for: .key("other")))
            var client = try await WireClient(port: port)
            try await client.send(raw: Self.line("describe") + Self.line("ping"))
            #expect(try await client.line().contains(#""languages":["ru"]"#))
            #expect(try await client.line().contains("pong"))
            try await Self.speak(client, try Speech.bytes("07_"))
            try await client.send(raw: Self.line("audio-stop"))
            await server.wait(forWaiting: 1, of: .sessions)
            place.withLock { $0 = nil }
            #expect(try await Self.events(&client).first { $0.type == "transcript" }?.text == expected)
            await server.wait(for: 0, of: .sessions)
        }
    }

    @Test func audioThatGetsNoPlaceIsRefused() async throws {
        try await RunningServer.use(
            .wyoming,
            {
                $0.budget.sessions = .init(total: 1)
                $0.queueTimeout = .zero
            }
        ) { port, server in
            let place = try server.budget.takeIfFree(.sessions, for: .key("other"))
            var client = try await WireClient(port: port)
            try await client.send(raw: Self.line("audio-start", Self.format))
            let events = try await Self.events(&client)
            #expect(events.map(\.type) == ["error"] && events.first?.text == "Server busy, try again later")
            withExtendedLifetime(place) {}
        }
    }

    @Test func otherProtocolsAreRefused() async throws {
        try await RunningServer.use(.wyoming) { port, _ in
            var client = try await WireClient(port: port)
            try await client.send(raw: Array("POST / HTTP/1.1\r\nHost: a\r\n\r\n{\"type\":\"describe\"}\n".utf8))
            let events = try await Self.events(&client)
            #expect(events.map(\.type) == ["error"])
        }
    }

    @Test func thisMachineNeedsNoKeyAndRequestsAreLimited() async throws {
        let file = try KeyFile("test transcribe 0123456789abcdef\n")
        try await RunningServer.use(
            .wyoming,
            {
                $0.apiKeyFile = file.path
                $0.rateLimit.perMinute = 1
                $0.rateLimit.burst = 1
            }
        ) { port, _ in
            var client = try await WireClient(port: port)
            try await client.send(raw: Self.line("describe"))
            #expect(try await client.line().contains(#""languages":["ru"]"#))
            var second = try await WireClient(port: port)
            let events = try await Self.events(&second)
            #expect(events.map(\.type) == ["error"] && events.first?.text == "Too many requests")
        }
    }

    @Test func warningSaysThatNothingIsEncrypted() {
        var settings = ServerSettings()
        settings.listeners[.wyoming] = ListenAddress("0.0.0.0:10300")
        settings.allowsNonLoopback = true
        settings.tls = TLSCertificateFiles(certificate: "a", privateKey: "b")
        settings.apiKeyFile = "keys"
        #expect(
            BindPolicy.warnings(settings) == [
                "wyoming on 0.0.0.0 is reachable from other machines WITHOUT ENCRYPTION, which the protocol lacks, so "
                    + "that speech and texts can be read on the way"
            ])
    }
}

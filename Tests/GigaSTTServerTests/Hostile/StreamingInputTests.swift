import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// What no client should send, and what clients do without meaning it: the same for each protocol of live speech.
@Suite struct StreamingInputTests {
    private typealias Outcome = StreamingClient.Outcome

    /// The text of a recording as each protocol gives it.
    private static func expected(_ wire: StreamingWire) async throws -> String {
        wire.text(of: try await RunningServer.expected("08_"))
    }

    /// What a session that ends well has beside its text.
    private static func ending(_ wire: StreamingWire) -> [String] {
        wire.isSocket && wire != .realtime ? ["close 1000 "] : []
    }

    // MARK: Silence

    /// 60, or GIGASTT_TEST_SILENCE_SECONDS.
    private static let silenceSeconds =
        ProcessInfo.processInfo.environment["GIGASTT_TEST_SILENCE_SECONDS"].flatMap(Int.init) ?? 60

    /// Faster than real time. The utterance behind it is heard as without it.
    @Test(arguments: StreamingWire.allCases) func silenceIsNoText(wire: StreamingWire) async throws {
        let expected = try await Self.expected(wire)
        let speech = try Speech.bytes("08_")
        try await StreamingWire.serve { address, server in
            var client = try await StreamingClient.start(wire, address)
            let second = wire.audio([UInt8](repeating: 0, count: 32_000))
            for _ in 0..<Self.silenceSeconds { try await client.send(raw: second) }
            try await client.speak(speech)
            try await client.send(raw: wire.end)
            #expect(try await client.outcome() == Outcome(text: expected, notices: Self.ending(wire)))
            await server.wait(for: 0, of: .sessions)
        }
    }

    // MARK: Size

    private static let base64 = String(repeating: "A", count: 15 << 20)
    private static let append = #"{"type":"input_audio_buffer.append","audio":"\#(base64)"}"#

    /// A message of 15 MiB ends a session of the default limit, which decodes what came before. Where it is admitted, it is
    /// audio for the one protocol that has audio in text, here silence, and nothing for the others.
    @Test(arguments: StreamingWire.sockets, [false, true])
    func messageOfFifteenMegabytesIsRefusedOrTaken(wire: StreamingWire, isAdmitted: Bool) async throws {
        let expected = try await Self.expected(wire)
        let speech = try Speech.bytes("08_")
        try await StreamingWire.serve({
            if isAdmitted { $0.session.messageByteLimit = 16 << 20 }
        }) { address, server in
            var client = try await StreamingClient.start(wire, address)
            try await client.speak(speech)
            // The server may close the connection before it has read everything.
            try? await client.send(raw: wire.text(Self.append))
            if isAdmitted { try await client.send(raw: wire.end) }
            let notices = isAdmitted ? Self.ending(wire) : wire == .realtime ? [] : ["close 1009 message too big"]
            #expect(try await client.outcome() == Outcome(text: expected, notices: notices))
            await server.wait(for: 0, of: .bytes)
            await server.wait(for: 0, of: .sessions)
        }
    }

    /// The same text where there are no messages: a line that is too long, and frames of a kind that means nothing.
    @Test func streamOfFifteenMegabytesIsRefusedOrPassedOver() async throws {
        let expected = try await Self.expected(.audiosocket)
        let speech = try Speech.bytes("08_")
        try await StreamingWire.serve { address, server in
            for wire in [StreamingWire.wyoming, .audiosocket] {
                var client = try await StreamingClient.start(wire, address)
                try await client.speak(speech)
                try? await client.send(raw: Array(Self.append.utf8.dropFirst(45)))
                if wire == .audiosocket { await client.socket.leave() }
                let outcome = try await client.outcome()
                let refusal = Outcome(text: "", notices: ["error invalid_event"])
                #expect(outcome == (wire == .wyoming ? refusal : Outcome(text: expected)))
            }
            await server.wait(for: 0, of: .sessions)
        }
    }

    // MARK: Clients that never read

    /// The client goes on sending; its place is free when the server has given it up.
    @Test(arguments: StreamingWire.allCases.filter { !$0.isCall })
    func clientThatNeverReadsIsCutOff(wire: StreamingWire) async throws {
        let stream = TalkativeStream()
        try await StreamingWire.serve(
            { $0.session.writeTimeout = .milliseconds(300) }, open: { _, _ in stream }
        ) { address, server in
            let client = try await StreamingClient.start(wire, address, reads: false)
            let block = wire.audio([UInt8](repeating: 0, count: 3_200))
            while (try? await client.send(raw: block)) != nil {}
            await server.wait(for: 0, of: .sessions)
            // What the system holds for a client, not what a stream could say.
            #expect((1..<200 << 20).contains(stream.saidByteCount))
            await client.socket.leave()
        }
    }

    /// The text of a call leaves to its readers: one that never reads is cut off, and the call goes on.
    @Test(arguments: [StreamingWire.audiosocket, .asterisk])
    func readerThatNeverReadsIsCutOff(wire: StreamingWire) async throws {
        let stream = TalkativeStream()
        try await StreamingWire.serve(
            {
                $0.session.writeTimeout = .milliseconds(300)
                $0.calls.readersPerCall = 1
            }, open: { _, _ in stream }
        ) { address, server in
            var client = try await StreamingClient.start(wire, address)
            let silent = try await client.reader(reads: false)
            let block = wire.audio([UInt8](repeating: 0, count: 3_200))
            // There is a place for one reader.
            var isFree = false
            while !isFree {
                for _ in 0..<20 { try await client.send(raw: block) }
                var next = try await client.reader()
                isFree = (try? await next.message()) != nil
                await next.leave()
            }
            await server.wait(for: 1, of: .sessions)
            try await client.send(raw: wire.end)
            _ = try await client.outcome(hasText: false)
            await server.wait(for: 0, of: .sessions)
            await silent.leave()
        }
    }

    // MARK: Two protocols on one connection

    /// The beginnings of all other protocols in the midst of the audio, and once more its own, at another rate.
    @Test(arguments: StreamingWire.sockets) func otherBeginningsChangeNothing(wire: StreamingWire) async throws {
        let expected = try await Self.expected(wire)
        let speech = try Speech.bytes("08_")
        try await StreamingWire.serve { address, server in
            var client = try await StreamingClient.start(wire, address)
            try await client.speak(speech.prefix(32_000))
            for other in StreamingWire.allCases where other.opening() != nil {
                try await client.send(raw: wire.text(other.opening(sampleRate: 8_000) ?? ""))
            }
            try await client.speak(speech.dropFirst(32_000))
            try await client.send(raw: wire.end)
            // Those that answer every message say what is wrong with it.
            let errors =
                switch wire {
                case .gigastt: ["configure_too_late"]
                case .realtime:
                    [
                        "unknown_event", "invalid_type", "unknown_event", "invalid_json", "invalid_type",
                        "unknown_event",
                        "session_has_audio",
                    ]
                default: [String]()
                }
            let notices = errors.map { "error \($0)" } + Self.ending(wire)
            #expect(try await client.outcome() == Outcome(text: expected, notices: notices))
            await server.wait(for: 0, of: .sessions)
        }
    }

    /// Frames of another protocol instead of the connection's own, and what the client gets.
    struct Intrusion: Sendable {
        let wire: StreamingWire
        let intruder: StreamingWire
        /// Whether a session has begun.
        let isBegun: Bool
        let notices: [String]

        init(_ intruder: StreamingWire, into wire: StreamingWire, begun: Bool, _ notice: String) {
            (self.intruder, self.wire, isBegun, notices) = (intruder, wire, begun, [notice])
        }

        static let ofSockets = StreamingWire.sockets.flatMap { wire in
            let close = "close 1002 unmasked frame"
            return [
                Intrusion(.wyoming, into: wire, begun: true, close),
                Intrusion(.audiosocket, into: wire, begun: true, close),
            ]
        }
        static let ofPorts = [
            Intrusion(.wyoming, into: .gigastt, begun: false, "400"),
            Intrusion(.audiosocket, into: .gigastt, begun: false, "400"),
            Intrusion(.wyoming, into: .vosk, begun: false, "400"),
            Intrusion(.audiosocket, into: .vosk, begun: false, "400"),
            Intrusion(.vosk, into: .wyoming, begun: false, "error invalid_event"),
            Intrusion(.vosk, into: .wyoming, begun: true, "error invalid_event"),
            Intrusion(.audiosocket, into: .wyoming, begun: false, "error invalid_event"),
            Intrusion(.audiosocket, into: .wyoming, begun: true, "error invalid_event"),
            Intrusion(.vosk, into: .audiosocket, begun: false, "error"),
            Intrusion(.wyoming, into: .audiosocket, begun: false, "error"),
            // A second beginning of its own.
            Intrusion(.audiosocket, into: .audiosocket, begun: true, "error"),
        ]
    }

    @Test(arguments: Intrusion.ofSockets + Intrusion.ofPorts)
    func framesOfAnotherProtocolEndTheConnection(intrusion: Intrusion) async throws {
        let (wire, intruder) = (intrusion.wire, intrusion.intruder)
        // An AudioSocket call has no line break for a long time.
        let noise = intruder.isSocket ? intruder.request(call: UUID()) : intruder.start(call: UUID())
        let rest = intruder.audio([UInt8](repeating: 0, count: 32_000))
        let bytes = noise + rest + rest + rest
        try await StreamingWire.serve { address, server in
            if intrusion.isBegun {
                var client = try await StreamingClient.start(wire, address)
                try await client.send(raw: wire.audio([UInt8](repeating: 0, count: 3_200)))
                try? await client.send(raw: bytes)
                #expect(try await client.outcome(hasText: false).notices == intrusion.notices)
            } else {
                var socket = try await WireClient(port: try wire.port(address))
                try? await socket.send(raw: bytes)
                let answer = await socket.remainingBytes()
                let text = String(decoding: answer, as: UTF8.self)
                switch intrusion.notices {
                case ["400"]: #expect(text.hasPrefix("HTTP/1.1 400 "))
                case ["error"]: #expect(answer == [0xFF, 0, 0])
                default: #expect(text.contains("invalid_event"))
                }
                await socket.leave()
            }
            await server.wait(for: 0, of: .sessions)
        }
    }
}

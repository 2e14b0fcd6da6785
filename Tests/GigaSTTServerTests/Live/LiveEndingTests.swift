import GigaSTT
import NIOCore
import TestSupport
import Testing

@testable import GigaSTTServer

/// Every ending on a socket: the frames of a recording and what ends the session in one write, and the text of the file
/// as the answer.
@Suite struct LiveEndingTests {
    private static func frames(_ recording: [UInt8]) -> [UInt8] {
        var bytes = WireClient.frame(1, Array(Speech.configure.utf8))
        for start in stride(from: 0, to: recording.count, by: 3_200) {
            bytes += WireClient.frame(2, Array(recording[start..<min(start + 3_200, recording.count)]))
        }
        return bytes
    }

    private static let stop = WireClient.frame(1, Array(Speech.stop.utf8))

    enum Ending: String, CaseIterable, Sendable {
        case stop, stopAndHalfClose, stopAndClose, tooBig

        var bytes: [UInt8] {
            switch self {
            case .stop, .stopAndHalfClose: LiveEndingTests.stop
            case .stopAndClose: LiveEndingTests.stop + WireClient.frame(8, [3, 232])
            case .tooBig: WireClient.frame(2, .init(repeating: 0, count: 600_000))
            }
        }

        var close: String { self == .tooBig ? "close 1009 message too big" : "close 1000 " }
    }

    @Test(arguments: Ending.allCases) func endingDecodesWhatCameBefore(ending: Ending) async throws {
        let expected = try await RunningServer.expected("06_").text
        let bytes = Self.frames(try Speech.bytes("06_")) + ending.bytes
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(raw: bytes)
            if ending == .stopAndHalfClose { try await client.channel.close(mode: .output) }
            let log = try await client.rest()
            #expect(log.finalText == expected && log.last == ending.close)
        }
    }

    /// `printf … | nc -N`: request, frames and the end of the client's data before the answer is read.
    @Test func wholeSessionMayComeInOneWriteWithItsEnd() async throws {
        let expected = try await RunningServer.expected("06_").text
        let fields = WireClient.upgradeFields.map { "\($0): \($1)\r\n" }.joined()
        let bytes =
            Array("GET /v1/ws HTTP/1.1\r\nHost: t\r\n\(fields)\r\n".utf8)
            + Self.frames(try Speech.bytes("06_")) + Self.stop
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            try await client.send(raw: bytes)
            try await client.channel.close(mode: .output)
            #expect(try await client.answer().status == 101)
            let log = try await client.rest()
            #expect(log.finalText == expected && log.last == "close 1000 ")
        }
    }

    @Test func halfCloseBehindStopGetsTheEmptyFinal() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(raw: Self.stop)
            try await client.channel.close(mode: .output)
            #expect(try await client.rest() == ["final: ", "close 1000 "])
        }
    }

    /// Faster than real time: most of it still waits in the system when the server begins to stop.
    @Test func shutdownDecodesWhatCameBefore() async throws {
        let expected = try await RunningServer.expected("11_").text
        let bytes = Self.frames(try Speech.bytes("11_"))
        try await RunningServer.use { port, server in
            var client = try await WireClient.live(port: port)
            try await client.send(raw: bytes)
            await server.drain()
            let log = try await client.rest()
            #expect(log.finalText == expected && log.last == "close 1001 server shutdown")
        }
    }
}

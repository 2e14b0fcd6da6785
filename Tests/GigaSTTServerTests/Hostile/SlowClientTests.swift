import GigaSTT
import NIOCore
import TestSupport
import Testing

@testable import GigaSTTServer

/// Clients that take their time, or all of ours.
@Suite struct SlowClientTests {
    @Test func connectionWithoutAWholeRequestIsEnded() async throws {
        try await RunningServer.use({ $0.idleConnectionTimeout = .seconds(1) }) { port, _ in
            for raw in ["", "GET /health HTTP/1.1\r\nHost: t\r\nX-A: "] {
                var client = try await WireClient(port: port)
                // On a slow machine the time is over before anything is sent.
                try? await client.send(raw: Array(raw.utf8))
                #expect(await client.remainder().isEmpty)
            }
        }
    }

    @Test func headersThatTrickleDoNotKeepAConnection() async throws {
        try await RunningServer.use({ $0.idleConnectionTimeout = .seconds(1) }) { port, _ in
            let slow = try await WireClient(port: port)
            var other = try await WireClient(port: port)
            try? await slow.send(raw: Array("GET /health HTTP/1.1\r\nX-A: ".utf8))
            // A byte for each answer that another client gets; the limit of a header is far away.
            var byteCount = 0
            while (try? await slow.send(raw: [97])) != nil, byteCount < 60_000 {
                byteCount += 1
                if (try? await other.request("GET", "/health")) == nil { other = try await WireClient(port: port) }
            }
            #expect(byteCount < 60_000)
            await other.leave()
        }
    }

    @Test func uploadMayComeByteByByte() async throws {
        let body = [UInt8](WaveFile.data(.init(repeating: 0, count: 2_000)))
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let head = "POST /v1/transcribe?format=txt HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.count)\r\n\r\n"
            let bytes = Array(head.utf8) + body
            // The heads of the request and of the recording; four thousand blocks would outlast a limit on a slow machine.
            for byte in bytes.prefix(400) { try await client.send(raw: [byte]) }
            try await client.send(raw: Array(bytes.dropFirst(400)))
            let answer = try await client.answer()
            #expect(answer.status == 200 && answer.body.isEmpty)
            await client.leave()
        }
    }

    @Test func pingsAreAnsweredOneByOne() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient.live(port: port)
            let pings = (0..<1_000).map { WireClient.frame(9, [UInt8($0 & 255)]) }
            try await client.send(raw: Array(pings.joined()))
            var answers: [WireClient.Frame] = []
            while answers.count < 1_000 {
                let frame = try await client.frame()
                // On a slow machine the server has its own questions meanwhile.
                if frame.opcode != 9 { answers.append(frame) }
            }
            let isComplete = answers == (0..<1_000).map { .init(opcode: 10, content: [UInt8($0 & 255)]) }
            #expect(isComplete)
            await client.leave()
        }
    }

    @Test func bodyWithoutEndIsNotReadForEver() async throws {
        try await RunningServer.use({ $0.bodyByteLimit = 10_000 }) { port, _ in
            for path in ["/v1/transcribe", "/health"] {
                let client = try await WireClient(port: port)
                let head = "POST \(path) HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                try await client.send(raw: Array(head.utf8))
                let part = Array("1000\r\n".utf8) + [UInt8](repeating: 0, count: 4_096) + [13, 10]
                let parts = Array(Array(repeating: part, count: 16).joined())
                var byteCount = 0
                while byteCount < 200 << 20, (try? await client.send(raw: parts)) != nil { byteCount += parts.count }
                #expect(byteCount < 200 << 20, "\(path)")
            }
        }
    }

    /// A client that reads only after it has sent all: the refusal is there, not a reset.
    @Test func refusalOfAVeryLongBodyIsReceived() async throws {
        try await RunningServer.use({ $0.bodyByteLimit = 10_000 }) { port, _ in
            var client = try await WireClient(port: port)
            let count = 8 << 20
            let head = "POST /v1/transcribe HTTP/1.1\r\nHost: t\r\nContent-Length: \(count)\r\n\r\n"
            try await client.send(raw: Array(head.utf8))
            #expect(try await client.answer().status == 413)
            for _ in 0..<128 { try await client.send(raw: [UInt8](repeating: 0, count: count / 128)) }
            #expect(try await client.request("GET", "/health").status == 200)
            await client.leave()
        }
    }

    @Test func halfClosedSessionIsOver() async throws {
        let stream = TalkativeStream()
        try await RunningServer.use(open: { _, _ in stream }) { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(binary: .init(repeating: 0, count: 3_200))
            #expect(try await client.message()["type"] as? String == "final")
            try await client.channel.close(mode: .output)
            await stream.cancelled.wait()
            await client.leave()
        }
    }
}

import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Recordings on a server that has no place for them, or that is about to stop.
@Suite struct BusyServerTests {
    private static func head(_ path: String, _ count: Int) -> [UInt8] {
        Array("POST \(path) HTTP/1.1\r\nHost: t\r\nContent-Length: \(count)\r\n\r\n".utf8)
    }

    @Test func fullServerSaysWhenToComeAgain() async throws {
        let body = try Speech.file("06_")
        try await RunningServer.use({ $0.uploadLimit = 1 }) { port, server in
            var first = try await WireClient(port: port)
            try await first.send(raw: Self.head("/v1/transcribe?format=txt", body.count) + body.prefix(100))
            while server.slots.takenCount == 0 { await Task.yield() }
            var second = try await WireClient(port: port)
            for path in ["/v1/transcribe", "/v1/transcribe/stream"] {
                let answer = try await second.request("POST", path, body: [1, 2, 3])
                #expect(answer.status == 503 && answer.fields["retry-after"] == "1")
                #expect(
                    answer.body
                        == #"{"error":"Server busy, try again later","code":"timeout","retry_after_ms":1000}"#)
            }
            try await first.send(raw: Array(body.dropFirst(100)))
            #expect(try await first.answer().status == 200)
            while server.slots.takenCount > 0 { await Task.yield() }
            #expect(try await second.request("POST", "/v1/transcribe", body: body).status == 200)
            await first.leave()
            await second.leave()
        }
    }

    @Test func recordingsAtTheSameTimeAreAllAnswered() async throws {
        let body = try Speech.file("06_")
        try await RunningServer.use { port, _ in
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var client = try await WireClient(port: port)
                        let answer = try await client.request("POST", "/v1/transcribe?format=txt", body: body)
                        await client.leave()
                        return answer.status == 200 ? answer.body : ""
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(Set(texts).count == 1 && texts.first?.isEmpty == false)
        }
    }

    @Test func recordingUnderWayIsAnsweredBeforeTheEnd() async throws {
        let body = try Speech.file("06_")
        try await RunningServer.use { port, server in
            var client = try await WireClient(port: port)
            try await client.send(raw: Self.head("/v1/transcribe?format=txt", body.count) + body.prefix(100))
            while server.slots.takenCount == 0 { await Task.yield() }
            await server.drain()
            try await client.send(raw: Array(body.dropFirst(100)))
            let answer = try await client.answer()
            #expect(answer.status == 200 && !answer.body.isEmpty)
            #expect(await client.remainder().isEmpty)
        }
    }

    @Test func eventsEndWithoutAnErrorWhenTheServerStops() async throws {
        let minute = try Speech.file("10_").dropFirst(44)
        var long = [UInt8](WaveFile.header(byteCount: UInt32(minute.count * 20)))
        for _ in 0..<20 { long += minute }
        let body = long
        try await RunningServer.use({ $0.drain = .seconds(1) }) { port, server in
            var client = try await WireClient(port: port)
            try await client.send(raw: Self.head("/v1/transcribe/stream", body.count) + body)
            while server.slots.takenCount == 0 { await Task.yield() }
            await server.drain()
            #expect(await !client.remainder().contains(#""type":"error""#))
        }
    }

    @Test func largeBodyGetsItsRefusal() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("POST", "/v1/transcribe", body: .init(repeating: 0, count: 51 << 20))
            #expect(answer.status == 413 && answer.body.contains(#""code":"payload_too_large""#))
            #expect(try await client.request("GET", "/health").status == 200)
            await client.leave()
        }
    }
}

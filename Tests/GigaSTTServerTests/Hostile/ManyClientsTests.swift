import Foundation
import GigaSTT
import NIOCore
import TestSupport
import Testing

@testable import GigaSTTServer

/// What many clients do at the same time, or one does many times.
@Suite struct ManyClientsTests {
    /// Every client that asks for something gets it, whatever the others leave half done.
    @Test func stormOfConnectionsIsServed() async throws {
        // Sessions whose end went unnoticed would hold up the end for an hour.
        try await RunningServer.use({ $0.drainTimeout = .seconds(3_600) }) { port, _ in
            var other = try await WireClient.live(port: port)
            let fields = WireClient.upgradeFields.map { "\($0): \($1)\r\n" }.joined()
            let halves = ["", "GE", "GET /v1/ws HTTP/1.1\r\nHost: t\r\n\(fields)\r\n"]
            let served = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<1_000 {
                    group.addTask {
                        var client = try await WireClient(port: port)
                        defer { client.channel.close(promise: nil) }
                        switch index % 5 {
                        case 3: return try await client.request("GET", "/health").status == 200
                        case 4:
                            try await client.upgrade()
                            return try await client.message()["type"] as? String == "ready"
                        default:
                            try await client.send(raw: Array(halves[index % 5].utf8))
                            return false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(served == 400)
            try await other.send(text: Speech.stop)
            #expect(try await other.rest() == ["final: ", "close 1000 "])
            var good = try await WireClient(port: port)
            #expect(try await good.request("GET", "/health").status == 200)
            await good.leave()
        }
    }

    @Test func damagedRecordingsAreUnderstoodOrRefused() async throws {
        let file = Array(try Speech.file("06_").prefix(8_000))
        try await RunningServer.use { port, server in
            var generator = SeededRandom(7)
            var client = try await WireClient(port: port)
            var statuses: Set<Int> = []
            for index in 0..<300 {
                var damaged = file
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    let end = index.isMultiple(of: 2) ? min(64, damaged.count) : damaged.count
                    let place = Int.random(in: 0..<end, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: damaged[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: damaged.insert(contentsOf: [255, 255, 255, 127], at: place)
                    case 2: damaged.replaceSubrange(place..<min(place + 32, damaged.count), with: [0])
                    default: damaged.removeSubrange((place + 1)...)
                    }
                }
                statuses.insert(try await client.request("POST", "/v1/transcribe", body: damaged).status)
            }
            #expect(statuses == [200, 422])
            await server.wait(for: 0, of: .recordings)
            await client.leave()
        }
    }
}

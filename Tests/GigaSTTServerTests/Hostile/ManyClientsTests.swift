import Foundation
import GigaSTT
import NIOCore
import TestSupport
import Testing

@testable import GigaSTTServer

/// What many clients do at the same time, or one does many times.
@Suite struct ManyClientsTests {
    /// 1000, or GIGASTT_TEST_CLIENTS; at most 1000 at the same time.
    private static let count = ProcessInfo.processInfo.environment["GIGASTT_TEST_CLIENTS"].flatMap(Int.init) ?? 1_000

    /// Every client that asks for something gets it, whatever the others leave half done, on each port.
    @Test func stormOfConnectionsIsServed() async throws {
        // Sessions whose end went unnoticed would hold up the end for an hour.
        try await StreamingWire.serve({ $0.drainTimeout = .seconds(3_600) }) { address, server in
            let port = address.port
            var other = try await WireClient.live(port: port)
            let halves = ["", "GE", "GET /v1/ws HTTP/1.1\r\nHost: t\r\n"].map { Array($0.utf8) }
            let wires = StreamingWire.allCases
            @Sendable func isServed(_ index: Int) async throws -> Bool {
                let wire = wires[index / 5 % wires.count]
                var client = try await WireClient(port: index % 5 == 2 ? try wire.port(address) : port)
                defer { client.channel.close(promise: nil) }
                switch index % 5 {
                case 2:
                    let begun = wire.isSocket ? wire.request(call: UUID()) : wire.start(call: UUID())
                    try await client.send(raw: begun)
                    return false
                case 3: return try await client.request("GET", "/health").status == 200
                case 4:
                    try await client.upgrade()
                    return try await client.message()["type"] as? String == "ready"
                default:
                    try await client.send(raw: halves[index % 5 + index / 5 % 2])
                    return false
                }
            }
            let served = try await withThrowingTaskGroup(of: Bool.self) { group in
                var served = 0
                for index in 0..<Self.count {
                    // A client and its connection in the server are two files of one process.
                    if index >= 1_000, try await group.next() == true { served += 1 }
                    group.addTask { try await isServed(index) }
                }
                return try await group.reduce(into: served) { $0 += $1 ? 1 : 0 }
            }
            #expect(served == Self.count / 5 * 2)
            await server.wait(for: 1, of: .sessions)
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

import Foundation
import GigaSTT
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// The reply to a message has the text that this message sets going.
@Suite struct VoskFirstTextTests {
    /// Bytes of a message: 0.3 s, whose reply may wait longest.
    private static let block = 9_600
    /// The machine may be too slow for many sessions beside the other tests, but not for each. Without the wait no session
    /// gets the text with that reply.
    private static let attempts = 30

    private final class Shown: Sendable {
        private let state = Mutex(false)
        var isNoted: Bool { state.withLock { $0 } }
        func note() { state.withLock { $0 = true } }
    }

    /// The message that sets the first text going: in the engine, each block when everything before it is decided.
    private static func firstMessageWithText(_ samples: [Float]) async throws -> Int? {
        let recognizer = try await RunningServer.recognizer(workers: 1)
        let stream = try recognizer.liveStream()
        let shown = Shown()
        let first: Int? = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await event in stream {
                    if case .partial(let partial) = event, !partial.words.isEmpty { shown.note() }
                }
            }
            defer { stream.cancel() }
            for (index, start) in stride(from: 0, to: samples.count, by: block / 2).enumerated() {
                try await stream.append(Array(samples[start..<min(start + block / 2, samples.count)]))
                #expect(try await stream.settled(by: .now + .seconds(30)))
                if shown.isNoted { return index }
            }
            return nil
        }
        await recognizer.shutDown()
        return first
    }

    @Test func firstWordIsInTheReplyToTheMessageThatSetsItGoing() async throws {
        let recording = try Recordings.named("07_")
        let expected = try #require(try await Self.firstMessageWithText(try Recordings.samples(recording)))
        let bytes = try Speech.bytes("07_")
        try await RunningServer.use(.vosk) { port, _ in
            var firsts: [Int] = []
            while firsts.last != expected, firsts.count < Self.attempts {
                var client = try await WireClient(port: port)
                try #require(try await client.request("GET", "/", WireClient.upgradeFields).status == 101)
                try await client.send(text: #"{"config":{"sample_rate":16000}}"#)
                var index = -1
                var partial = ""
                while partial.isEmpty, (index + 2) * Self.block <= bytes.count {
                    index += 1
                    let start = index * Self.block
                    try await client.send(binary: Array(bytes[start..<start + Self.block]))
                    partial = try await client.message()["partial"] as? String ?? ""
                }
                firsts.append(partial.isEmpty ? -1 : index)
                await client.leave()
            }
            #expect(firsts.last == expected, "\(firsts)")
        }
    }
}

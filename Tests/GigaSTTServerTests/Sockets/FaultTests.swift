import GigaSTT
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct FaultTests {
    private static let second = [UInt8](repeating: 1, count: 32_000)

    private func log(_ steps: [ScriptedStream.Step], messages: Int = 1) async throws -> [String] {
        let result = Mutex<[String]>([])
        try await RunningServer.use(open: ScriptedStreams(steps).open) { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            for _ in 0..<messages { try await client.send(binary: Self.second) }
            try? await client.send(text: Speech.stop)
            let log = try await client.rest()
            result.withLock { $0 = log }
        }
        return result.withLock { $0 }
    }

    @Test func sessionGoesOnAfterAFailure() async throws {
        #expect(
            try await log([.fail(.inferenceFailed), .take], messages: 3)
                == ["inference_error", "final: да", "close 1000 "])
    }

    @Test func failuresWithoutEndEndTheSession() async throws {
        let streams = ScriptedStreams([.fail(.inferenceFailed)])
        try await RunningServer.use(open: streams.open) { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            // The samples are given to each stream that replaces a failed one.
            try await client.send(binary: Self.second)
            let failure = "inference_error"
            #expect(try await client.rest() == [failure, failure, failure, "close 1011 internal error"])
        }
    }

    /// gigastt contract, section 4.3: exactly one final. What is settled is certain.
    @Test(arguments: [
        (GigaSTTError.Code.timedOut, ["inference_timeout", "final: да", "close 1011 inference timeout"]),
        (.inferenceFailed, ["inference_error", "final: да", "close 1011 internal error"]),
    ])
    func stopIsAnsweredByAFinalThoughTheLastDecodeFails(code: GigaSTTError.Code, expected: [String]) async throws {
        #expect(try await log([.failAtEnd(code)]) == expected)
    }

    /// gigastt contract, section 2: the time that was waited for a slot.
    @Test func fullServerSaysWhenToComeAgain() async throws {
        let streams = ScriptedStreams([.fail(.overloaded)])
        try await RunningServer.use({ $0.queueTimeout = .seconds(7) }, open: streams.open) { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(binary: Self.second)
            #expect(
                try await client.frame().text
                    == #"{"type":"error","message":"Server busy, try again later","code":"timeout","#
                    + #""retry_after_ms":7000}"#)
            #expect(try await client.rest() == ["close 1013 try again later"])
        }
    }

    @Test func fullServerTurnsAwayAtTheFirstAudio() async throws {
        let refuse: RunningServer.Open = { _, _ in throw GigaSTTError(.overloaded, "", retryAfter: .seconds(3)) }
        try await RunningServer.use({ $0.queueTimeout = .seconds(1) }, open: refuse) { port, _ in
            // A silent client is not turned away, and one that speaks waits first.
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            try await client.send(binary: Self.second)
            let message = try await client.message()
            #expect(message["code"] as? String == "timeout" && message["retry_after_ms"] as? Int == 1_000)
            #expect(try await client.rest() == ["close 1013 try again later"])
        }
    }

    /// gigastt contract, section 2: a shutdown comes before the wait for a slot.
    @Test func sessionThatWaitsEndsWithTheServer() async throws {
        let asked = Moment()
        let refuse: RunningServer.Open = { _, _ in
            asked.come()
            throw GigaSTTError(.overloaded, "", retryAfter: .seconds(3))
        }
        try await RunningServer.use({ $0.drainTimeout = .seconds(3_600) }, open: refuse) { port, server in
            var client = try await WireClient.live(port: port)
            try await client.send(binary: Self.second)
            await asked.wait()
            await server.drain()
            #expect(try await client.rest() == ["pool_closed", "final: ", "close 1001 server shutdown"])
        }
    }

    @Test func sessionThatWaitedIsServed() async throws {
        #expect(try await log([.refuse, .refuse, .take]) == ["final: да", "close 1000 "])
    }

    /// The stream that takes the place of a failed one waits for the engine like the first.
    @Test func replacementWaitsForABusyEngine() async throws {
        #expect(
            try await log([.fail(.inferenceFailed), .refuse, .refuse, .take])
                == ["inference_error", "final: да", "close 1000 "])
    }

    @Test func slowModelIsNamed() async throws {
        #expect(try await log([.fail(.timedOut)]) == ["inference_timeout", "close 1011 inference timeout"])
    }

    @Test func clientThatLeavesStopsItsWork() async throws {
        let streams = ScriptedStreams([.wait])
        try await RunningServer.use(open: streams.open) { port, _ in
            let client = try await WireClient.live(port: port)
            // More than the server takes in while its engine is busy.
            for _ in 0..<4 { try await client.send(binary: Self.second) }
            let stream = try await streams.firstFed()
            await client.leave()
            await stream.cancelled.wait()
        }
    }

    /// The text would reach no client.
    @Test func closeOfTheClientStopsItsWork() async throws {
        let streams = ScriptedStreams([.take])
        try await RunningServer.use(open: streams.open) { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(binary: Self.second)
            let stream = try await streams.firstFed()
            try await client.send(opcode: 8, [0x0F, 0xA0])
            #expect(try await client.rest() == ["close 4000 "])
            await stream.cancelled.wait()
        }
    }

    @Test func sessionsEndInTimeThoughTheEngineIsStuck() async throws {
        let streams = ScriptedStreams([.wait])
        try await RunningServer.use({ $0.drainTimeout = .seconds(1) }, open: streams.open) { port, server in
            let client = try await WireClient.live(port: port)
            try await client.send(binary: Self.second)
            let stream = try await streams.firstFed()
            await server.drain()
            await stream.cancelled.wait()
            await client.leave()
        }
    }
}

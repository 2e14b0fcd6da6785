import GigaSTT
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// A stream that does what it is told: fails, waits, and tells whether it was cancelled.
final class ScriptedStream: LiveRecognition {
    enum Step: Sendable { case take, fail(GigaSTTError.Code), wait }

    let cancelled = Moment()
    let isFed = Moment()
    private let step: Step
    private let hasFinished = Moment()
    private let failure = Mutex<(any Error)?>(nil)
    private let isRead = Mutex(false)

    init(_ step: Step) { self.step = step }

    func append(_ samples: [Float]) async throws {
        isFed.come()
        switch step {
        case .take: break
        case .fail(let code):
            let error = GigaSTTError(code, "secret", retryAfter: .seconds(2))
            failure.withLock { $0 = error }
            hasFinished.come()
            throw error
        case .wait:
            await cancelled.wait()
            throw CancellationError()
        }
    }

    func finish() async throws { hasFinished.come() }

    func cancel() {
        failure.withLock { $0 = CancellationError() }
        cancelled.come()
        hasFinished.come()
    }

    func next() async throws -> LiveEvent? {
        await hasFinished.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        let isFirst = isRead.withLock { isRead in
            defer { isRead = true }
            return !isRead
        }
        guard isFirst else { return nil }
        let word = Word(text: "да", start: 0.04, end: 0.08, confidence: 1)
        return .final(Segment(words: [word], start: 0, end: 1, endpoint: .endOfInput))
    }
}

@Suite struct FaultTests {
    private static let second = [UInt8](repeating: 1, count: 32_000)

    /// Streams in the order in which they are opened; the last one again and again.
    private func script(_ steps: [ScriptedStream.Step]) -> (open: RunningServer.Open, streams: Opened) {
        let opened = Opened(steps)
        return ({ _, _ in opened.next() }, opened)
    }

    final class Opened: Sendable {
        private let steps: [ScriptedStream.Step]
        private let streams = Mutex<[ScriptedStream]>([])
        init(_ steps: [ScriptedStream.Step]) { self.steps = steps }
        var all: [ScriptedStream] { streams.withLock { $0 } }
        func next() -> ScriptedStream {
            streams.withLock { streams in
                let stream = ScriptedStream(steps[min(streams.count, steps.count - 1)])
                streams.append(stream)
                return stream
            }
        }
    }

    private func log(_ steps: [ScriptedStream.Step], messages: Int = 1) async throws -> [String] {
        let result = Mutex<[String]>([])
        try await RunningServer.use(open: script(steps).open) { port, _ in
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
        #expect(
            try await log([.fail(.inferenceFailed)], messages: 3)
                == ["inference_error", "inference_error", "inference_error", "close 1011 internal error"])
    }

    @Test func fullServerSaysWhenToComeAgain() async throws {
        try await RunningServer.use(open: script([.fail(.overloaded)]).open) { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(binary: Self.second)
            #expect(
                try await client.frame().text
                    == #"{"type":"error","message":"Server busy, try again later","code":"timeout","#
                    + #""retry_after_ms":2000}"#)
            #expect(try await client.rest() == ["close 1013 try again later"])
        }
    }

    @Test func fullServerTurnsAwayAtTheFirstAudio() async throws {
        let refuse: RunningServer.Open = { _, _ in throw GigaSTTError(.overloaded, "", retryAfter: .seconds(3)) }
        try await RunningServer.use(open: refuse) { port, _ in
            // Nobody is turned away who is silent.
            var client = try await WireClient.live(port: port)
            try await client.send(text: Speech.configure)
            try await client.send(binary: Self.second)
            let message = try await client.message()
            #expect(message["code"] as? String == "timeout" && message["retry_after_ms"] as? Int == 3_000)
            #expect(try await client.rest() == ["close 1013 try again later"])
        }
    }

    @Test func slowModelIsNamed() async throws {
        #expect(try await log([.fail(.timedOut)]) == ["inference_timeout", "close 1011 inference timeout"])
    }

    @Test func clientThatLeavesStopsItsWork() async throws {
        let (open, streams) = script([.wait])
        try await RunningServer.use(open: open) { port, _ in
            let client = try await WireClient.live(port: port)
            // More than the server takes in while its engine is busy.
            try await client.send(binary: Self.second)
            try await client.send(binary: Self.second)
            while streams.all.isEmpty { await Task.yield() }
            await streams.all[0].isFed.wait()
            await client.leave()
            await streams.all[0].cancelled.wait()
        }
    }

    @Test func sessionsEndInTimeThoughTheEngineIsStuck() async throws {
        let (open, streams) = script([.wait])
        try await RunningServer.use({ $0.drain = .seconds(1) }, open: open) { port, server in
            let client = try await WireClient.live(port: port)
            try await client.send(binary: Self.second)
            while streams.all.isEmpty { await Task.yield() }
            await streams.all[0].isFed.wait()
            await server.drain()
            await streams.all[0].cancelled.wait()
            await client.leave()
        }
    }

    @Test func sessionOfLimitedLengthEndsThoughTheEngineIsBusy() async throws {
        try await RunningServer.use({ $0.session.lengthLimit = .seconds(1) }, open: script([.wait]).open) { port, _ in
            var client = try await WireClient.live(port: port)
            try await client.send(binary: Self.second)
            #expect(try await client.message()["code"] as? String == "max_session_duration_exceeded")
            await client.leave()
        }
    }
}

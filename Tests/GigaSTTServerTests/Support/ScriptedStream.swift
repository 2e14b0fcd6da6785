import GigaSTT
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// A stream of the engine that fails or waits on demand.
final class ScriptedStream: LiveRecognition {
    enum Step: Sendable {
        /// There is no stream: the engine is busy.
        case refuse
        /// Takes audio and ends with one word.
        case take
        /// Decides an utterance of one word, and takes audio.
        case decide
        /// Fails on audio.
        case fail(GigaSTTError.Code)
        /// Shows two words, of which one is settled, and fails at the end.
        case failAtEnd(GigaSTTError.Code)
        /// Takes audio only until it is cancelled.
        case wait
    }

    let cancelled = Moment()
    let isFed = Moment()
    private let step: Step
    private let hasFinished = Moment()
    private let failure = Mutex<(any Error)?>(nil)
    private let readCount = Mutex(0)

    init(_ step: Step) { self.step = step }

    func append(_ samples: [Float]) async throws {
        isFed.come()
        switch step {
        case .refuse, .take, .decide, .failAtEnd: break
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

    func flush(_ number: Int) async throws {}

    func finish() async throws {
        if case .failAtEnd(let code) = step { failure.withLock { $0 = GigaSTTError(code, "secret") } }
        hasFinished.come()
    }

    func settled(by deadline: ContinuousClock.Instant) async throws -> Bool { true }

    func cancel() {
        failure.withLock { $0 = CancellationError() }
        cancelled.come()
        hasFinished.come()
    }

    func nextTimed() async throws -> TimedLiveEvent? { try await next().map { TimedLiveEvent($0, since: .now) } }

    private func next() async throws -> LiveEvent? {
        let index = readCount.withLock { count in
            defer { count += 1 }
            return count
        }
        let words = ["да", "нет"].enumerated().map {
            Word(text: $1, start: Double($0), end: Double($0) + 0.5, confidence: 1)
        }
        if case .failAtEnd = step, index == 0 { return .partial(Partial(words: words, stableWordCount: 1)) }
        if case .decide = step, index == 0 {
            return .final(Segment(words: [words[0]], start: 0, end: 1, endpoint: .silence))
        }
        await hasFinished.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        guard index == 0 else { return nil }
        return .final(Segment(words: [words[0]], start: 0, end: 1, endpoint: .endOfInput))
    }
}

/// Opens scripted streams in the order of their steps; the last step again and again.
final class ScriptedStreams: Sendable {
    private let steps: [ScriptedStream.Step]
    private let count = Mutex(0)
    /// The streams as they are opened; for one task.
    let opened: AsyncStream<ScriptedStream>
    private let source: AsyncStream<ScriptedStream>.Continuation

    init(_ steps: [ScriptedStream.Step]) {
        self.steps = steps
        (opened, source) = AsyncStream.makeStream()
    }

    var open: RunningServer.Open { { _, _ in try self.next() } }

    /// The first stream, when it is opened and has been given audio.
    func firstFed() async throws -> ScriptedStream {
        var iterator = opened.makeAsyncIterator()
        let stream = try #require(await iterator.next())
        await stream.isFed.wait()
        return stream
    }

    private func next() throws -> ScriptedStream {
        let index = count.withLock { count in
            defer { count += 1 }
            return count
        }
        let step = steps[min(index, steps.count - 1)]
        if case .refuse = step { throw GigaSTTError(.overloaded, "", retryAfter: .milliseconds(1)) }
        let stream = ScriptedStream(step)
        source.yield(stream)
        return stream
    }
}

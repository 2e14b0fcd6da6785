import GigaSTT
import Synchronization
import TestSupport

@testable import GigaSTTServer

/// A stream that gives a long utterance for the audio it is given, until it is cancelled.
final class TalkativeStream: LiveRecognition {
    let cancelled = Moment()
    private let said = Mutex(0)
    /// At most one block waits for its utterance.
    private let (blocks, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    var saidByteCount: Int { said.withLock { $0 } }

    func append(_ samples: [Float]) async throws { source.yield() }

    func finish() async throws { source.finish() }

    func settled(by deadline: ContinuousClock.Instant) async throws -> Bool { true }

    func cancel() {
        cancelled.come()
        source.finish()
    }

    func flush(_ number: Int) async throws {}

    func nextTimed() async throws -> TimedLiveEvent? { try await next().map { TimedLiveEvent($0, since: .now) } }

    private func next() async throws -> LiveEvent? {
        for await _ in blocks {
            if cancelled.hasCome { break }
            let text = String(repeating: "да", count: 4_000)
            said.withLock { $0 += text.utf8.count }
            let word = Word(text: text, start: 0, end: 1, confidence: 1)
            return .final(Segment(words: [word], start: 0, end: 1, endpoint: .silence))
        }
        if cancelled.hasCome { throw CancellationError() }
        return nil
    }
}

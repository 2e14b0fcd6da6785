import GigaSTT
import Synchronization
import TestSupport

@testable import GigaSTTServer

/// A stream that goes on talking until it is cancelled.
final class EndlessStream: LiveRecognition {
    let cancelled = Moment()
    private let said = Mutex(0)

    var saidByteCount: Int { said.withLock { $0 } }

    func append(_ samples: [Float]) async throws {}

    func finish() async throws {}

    func settled(by deadline: ContinuousClock.Instant) async throws -> Bool { true }
    func cancel() { cancelled.come() }

    func flush(_ number: Int) async throws {}

    func nextTimed() async throws -> TimedLiveEvent? { try await next().map { TimedLiveEvent($0, since: .now) } }

    private func next() async throws -> LiveEvent? {
        if cancelled.hasCome { throw CancellationError() }
        let text = String(repeating: "да", count: 4_000)
        said.withLock { $0 += text.utf8.count }
        let word = Word(text: text, start: 0, end: 1, confidence: 1)
        return .final(Segment(words: [word], start: 0, end: 1, endpoint: .silence))
    }
}

import GigaSTT

/// A live stream as a session sees it; a seam for tests, because a real model cannot be made to fail on demand.
protocol LiveRecognition: AnyObject, Sendable {
    func append(_ samples: [Float]) async throws
    func finish() async throws
    func cancel()
    func next() async throws -> LiveEvent?
    func nextTimed() async throws -> TimedLiveEvent?
}

extension LiveRecognition {
    /// For a stream that knows no better, it has been so since now.
    func nextTimed() async throws -> TimedLiveEvent? { try await next().map { TimedLiveEvent($0, since: .now) } }
}

extension LiveStream: LiveRecognition {
    /// The next event, `nil` after the last final.
    func next() async throws -> LiveEvent? {
        var iterator = makeAsyncIterator()
        return try await iterator.next()
    }
}

import GigaSTT

/// A live stream as a session sees it; a seam for tests, because a real model cannot be made to fail on demand.
protocol LiveRecognition: AnyObject, Sendable {
    func append(_ samples: [Float]) async throws
    func finish() async throws
    func cancel()
    func next() async throws -> LiveEvent?
}

extension LiveStream: LiveRecognition {
    /// The next event, `nil` after the last final.
    func next() async throws -> LiveEvent? {
        var iterator = makeAsyncIterator()
        return try await iterator.next()
    }
}

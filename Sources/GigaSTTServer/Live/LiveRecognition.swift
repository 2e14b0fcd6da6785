import GigaSTT

/// The part of `LiveStream` that a conversation uses. Tests conform doubles, because a real model does not fail on demand.
///
/// After a failure `nextTimed` first returns the events decided before it, then throws.
protocol LiveRecognition: AnyObject, Sendable {
    func append(_ samples: [Float]) async throws
    func flush(_ number: Int) async throws
    func finish() async throws
    /// Suspends until the audio so far makes no more text and every event has been handled, or until `deadline`; returns
    /// whether it came so far.
    func settled(by deadline: ContinuousClock.Instant) async throws -> Bool
    func cancel()
    func nextTimed() async throws -> TimedLiveEvent?
}

extension LiveStream: LiveRecognition {}

import STTRecognition

/// A live recognition: audio goes in at one end, events come out at the other.
///
/// One task feeds it and one reads it, which may be the same if it reads often enough: a stream holds two utterances
/// that are not decoded and 256 events that are not read, then feeding waits. At rest it takes 35 KB, no thread and no
/// part of the model, so thousands may be open.
///
/// ```swift
/// let stream = try recognizer.liveStream()
/// async let feeding: Void = {
///     for await block in microphone { try await stream.append(block) }
///     try await stream.finish()
/// }()
/// for try await event in stream { … }
/// try await feeding
/// ```
public final class LiveStream: Sendable {
    let stream: RecognitionStream

    init(_ stream: RecognitionStream) { self.stream = stream }

    /// Takes samples: 16 kHz, mono, −1…1, any number. Waits while too much is undecoded; nothing is dropped.
    ///
    /// Throws `CancellationError` after `cancel`, `invalidOption` after `finish`, and the error that ended the stream.
    public func append(_ samples: [Float]) async throws { try await stream.append(samples) }

    /// Ends the open utterance at the last sample. `flushed(number)` follows when everything before it is decided.
    ///
    /// A word that is being spoken is cut: audio after the flush belongs to the next utterance. Speech that was quieter
    /// than what begins an utterance, and only continued one, does not begin a new one.
    public func flush(_ number: Int) async throws { try await stream.flush(number) }

    /// Ends the audio. One last final follows, then the events end.
    public func finish() async throws { try await stream.finish() }

    /// The next event and when it happened; `nil` after the last final. Iterators take from the same events. Cancelling
    /// the caller cancels the stream.
    public func nextTimed() async throws -> TimedLiveEvent? { try await stream.next() }

    /// The next event if there is one.
    package func poll() throws -> TimedLiveEvent? { try stream.poll() }

    /// Suspends until the audio so far makes no more text and the reader waits for the next event, or until `deadline`;
    /// returns whether it came so far.
    package func settled(by deadline: ContinuousClock.Instant) async throws -> Bool {
        try await stream.settled(by: deadline)
    }

    /// Stops all work at once; feeder and reader get a `CancellationError`. Releasing the stream does the same.
    public func cancel() { stream.cancel() }
}

extension LiveStream: AsyncSequence {
    /// An event.
    public typealias Element = LiveEvent

    /// The events. Two iterators share them: each event goes to one.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Takes events out of the stream.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: LiveStream

        /// The next event, `nil` after the last final. Cancelling the caller cancels the stream.
        public mutating func next() async throws -> LiveEvent? { try await stream.nextTimed()?.event }
    }
}

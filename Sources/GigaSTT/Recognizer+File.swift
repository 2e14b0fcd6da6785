public import Foundation
import STTRecognition

extension Recognizer {
    /// The utterances of a recording, as they are decided. Nothing happens before the first one is asked for.
    ///
    /// Channels that are recognised apart (`options.channels`) need a recording that can be read more than once.
    /// Memory does not grow with the length of the recording. Leaving the loop, or cancelling its task, ends the work.
    /// Iterating throws `GigaSTTError` (`audioUnreadable`, `overloaded`, `inferenceFailed`, …) or `CancellationError`.
    public func segments(of source: AudioSource, options: TranscriptionOptions = .init()) -> TranscriptSegments {
        TranscriptSegments(recognizer: self, input: .media(MediaFile(source)), options: options)
    }

    /// The utterances of a recording that are left, when each channel is recognised up to the end of an utterance
    /// (`positions`, in seconds, in order of the channels). What comes before is read, but not recognised again.
    ///
    /// They are those that reading it in one go gives; only where an utterance ended without a pause, at its longest
    /// length, the words next to its end are recognised without what came before.
    ///
    /// - Parameter end: one of `RecordingPauses.ends`, at which the last utterance ends; `nil`: the end of the recording.
    ///   The channels are then mixed.
    package func segments(
        of source: AudioSource, options: TranscriptionOptions, after positions: [Double], until end: Double? = nil
    ) -> TranscriptSegments {
        var segments = segments(of: source, options: options)
        (segments.positions, segments.end) = (positions, end)
        return segments
    }

    /// The utterances of samples in memory: mono, −1…1, at `sampleRate` Hz, 1…192 000. `options.channels` has no effect.
    ///
    /// Iterating throws `audioUnreadable` for another rate, and what iterating `segments(of:)` throws.
    public func segments(
        ofSamples samples: [Float], sampleRate: Int = 16_000, options: TranscriptionOptions = .init()
    ) -> TranscriptSegments {
        TranscriptSegments(
            recognizer: self, input: .samples(samples, sampleRate: sampleRate), options: options)
    }

    /// Everything that was said in a recording: a file, bytes, or a source of bytes.
    ///
    /// Throws what iterating `segments(of:)` throws.
    public func transcribe(_ source: AudioSource, options: TranscriptionOptions = .init()) async throws -> Transcript {
        try await segments(of: source, options: options).collect()
    }

    /// Reads the beginning of a recording and throws if it cannot be read or its header states that it is too long.
    ///
    /// A source of bytes that come once (`AudioSource.stream`) loses its beginning, and cannot be recognised afterwards.
    ///
    /// Throws `GigaSTTError` (`audioUnreadable`, `audioTooLong`, `invalidOption`) or `CancellationError`.
    public func validate(_ source: AudioSource, options: TranscriptionOptions = .init()) async throws {
        try options.validate(head, canFuse: decoder.canFuse)
        var audio = SampleSource(
            .media(MediaFile(source)), for: decoder.model.geometry, maximumDuration: options.maximumDuration)
        _ = try await audio.next()
    }

    /// Everything that was said in the file at `url`.
    public func transcribe(_ url: URL, options: TranscriptionOptions = .init()) async throws -> Transcript {
        try await transcribe(.file(url), options: options)
    }

    /// Everything that was said in samples in memory: mono, −1…1, at `sampleRate` Hz, 1…192 000. `options.channels` has no
    /// effect.
    ///
    /// Throws what iterating `segments(ofSamples:)` throws.
    public func transcribe(
        samples: [Float], sampleRate: Int = 16_000, options: TranscriptionOptions = .init()
    ) async throws -> Transcript {
        try await segments(ofSamples: samples, sampleRate: sampleRate, options: options).collect()
    }
}

extension TranscriptSegments {
    fileprivate func collect() async throws -> Transcript {
        var iterator = makeAsyncIterator()
        return try await iterator.transcript()
    }
}

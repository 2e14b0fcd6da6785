package import STTMedia
import STTRecognition

/// Where a recording can be cut so that its parts, each recognised on its own, have the utterances of the whole.
package struct RecordingPauses: Sendable, Hashable {
    /// Seconds at which an utterance ends in a pause, in order.
    package var ends: [Double]
    /// Seconds of the recording.
    package var duration: Double

    package init(ends: [Double], duration: Double) {
        (self.ends, self.duration) = (ends, duration)
    }

    /// The ends of parts of about the same length, but for the last part: at most `longest` seconds, longer where speech
    /// goes on without a pause. Empty when the whole is not longer.
    package func cuts(longest: Double) -> [Double] {
        guard longest > 0, duration > longest else { return [] }
        // Parts of the same length end together where many machines take them.
        let count = (duration / longest).rounded(.up)
        let length = duration / count
        var (cuts, start) = ([Double](), 0.0)
        var pending: Double?
        for end in ends where end < duration {
            if end - start > longest, let last = pending {
                cuts.append(last)
                (start, pending) = (last, nil)
            }
            if end - start >= length {
                cuts.append(end)
                (start, pending) = (end, nil)
            } else if end > start {
                pending = end
            }
        }
        if let last = pending, duration - start > longest { cuts.append(last) }
        return cuts
    }
}

extension Recognizer {
    /// Reads a recording without recognising it, in about a thousandth of its length, and returns its pauses; `nil` where
    /// it can only be recognised as a whole: with speakers or channels told apart, a voice activity model, or without
    /// a silence that ends utterances.
    ///
    /// Throws `GigaSTTError` (`audioUnreadable`, `audioTooLong`, `invalidOption`) or `CancellationError`.
    package func pauses(in source: AudioSource, options: TranscriptionOptions) async throws -> RecordingPauses? {
        let geometry = decoder.model.geometry
        let usesModel = options.usesVoiceActivityModel && configuration.voiceActivityModel != nil
        guard options.speakers == nil, options.channels == .mixed, !usesModel,
            var finder = PauseFinder(
                decoder.model.frontEnd(melPrecision), rules: SegmentationRules(options.endpointing, geometry),
                geometry: geometry)
        else { return nil }
        var audio = SampleSource(.media(MediaFile(source)), for: geometry, maximumDuration: options.maximumDuration)
        var ends: [Double] = []
        while let block = try await audio.next() {
            try Task.checkCancellation()
            ends += finder.append(block).map { audio.recordingTime($0) }
            await Task.yield()
        }
        return RecordingPauses(ends: ends, duration: audio.position)
    }
}

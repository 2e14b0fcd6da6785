import STTMedia
import STTRecognition

/// Where a recognition goes on within a recording, and the first samples that it gets.
struct RecognitionStart {
    /// The first feature frame that is recognised.
    let frame: Int
    /// Feature frames before it that `samples` begins with.
    let contextCount: Int
    let samples: [Float]
}

extension SampleSource {
    /// Samples from whose multiples on the context of the voice activity begins: blocks of its noise floor and frames of
    /// its model then lie as in the whole recording. 4 s.
    private static let contextStep = 64_000

    /// Reads up to a time in the recording, where an utterance ended, and returns what follows it, with 8 to 12 s of
    /// what comes before; `nil` when nothing follows.
    mutating func passOver(_ position: Double) async throws -> RecognitionStart? {
        var (samples, start) = ([Float](), 0)
        while let block = try await next() {
            samples += block
            let end = start + samples.count
            if recordingSample(end) > sample(position) {
                let place = firstSample(at: sample(position), from: start, to: end)
                let kept = max(start, Self.contextStart(of: place))
                return RecognitionStart(
                    frame: place / geometry.hop, contextCount: (place - kept) / geometry.hop,
                    samples: Array(samples.dropFirst(kept - start)))
            }
            let surplus = Self.contextStart(of: end) - start
            if surplus > 0 {
                samples.removeFirst(surplus)
                start += surplus
            }
        }
        return nil
    }

    private static func contextStart(of sample: Int) -> Int { max(0, sample / contextStep - 2) * contextStep }

    /// The first sample given out that is not before a sample of the recording.
    private func firstSample(at wanted: Double, from start: Int, to end: Int) -> Int {
        var (low, high) = (start, end)
        while low < high {
            let middle = (low + high) / 2
            if recordingSample(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func recordingSample(_ given: Int) -> Double {
        sample(recordingTime(Double(given) / Double(geometry.sampleRate)))
    }

    private func sample(_ time: Double) -> Double { (time * Double(geometry.sampleRate)).rounded() }
}

/// Where recognised audio lies in the recording: long gaps are shortened before they are recognised.
///
/// So a gap of hours costs as much as one of ten seconds, and what follows it keeps its time.
struct ShortenedSilence: Sendable {
    /// Samples of a gap that are recognised: half of them at each end. Longer than any silence that ends an utterance.
    static let keptCount = 160_000

    /// Samples that were left out, and after how many recognised ones; in order.
    private var skips: [(after: Int, total: Int)] = []

    /// Notes a gap that begins after `position` recognised samples; returns how many samples of it are recognised.
    mutating func shorten(_ count: Int, at position: Int) -> Int {
        guard count > Self.keptCount else { return count }
        let total = (skips.last?.total ?? 0) + count - Self.keptCount
        skips.append((position + Self.keptCount / 2, total))
        return Self.keptCount
    }

    /// Seconds into the recording for seconds into the recognised audio.
    func recordingTime(_ time: Double, sampleRate: Int) -> Double {
        let position = time * Double(sampleRate)
        var (low, high) = (0, skips.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(skips[middle].after) < position { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? time : time + Double(skips[low - 1].total) / Double(sampleRate)
    }
}

/// The most likely speaker of each window: the similarities of its voice, less a cost for each change (Viterbi).
struct SpeakerPath {
    private let windows: [SpeakerTimeline.Window]
    private let vectors: VoiceVectors
    private let rules: SpeakerRules

    init(_ windows: [SpeakerTimeline.Window], _ vectors: VoiceVectors, _ rules: SpeakerRules) {
        (self.windows, self.vectors, self.rules) = (windows, vectors, rules)
    }

    /// The index of a centroid for each window, and the centroids, which are made anew of their windows once.
    func labels(_ centroids: [[Float]]) -> (labels: [Int], centroids: [[Float]]) {
        let refined = refined(centroids, best(centroids))
        return (best(refined), refined)
    }

    /// The index of one of the centroids, as they are, for each window.
    func labels(of centroids: [[Float]]) -> [Int] { best(centroids) }

    private func refined(_ centroids: [[Float]], _ labels: [Int]) -> [[Float]] {
        var sums = centroids.map { [Float](repeating: 0, count: $0.count) }
        for (index, label) in labels.enumerated() where windows[index].speech >= rules.leastFoundingLength {
            let vector = vectors[index]
            for position in vector.indices { sums[label][position] += vector[position] * Float(windows[index].speech) }
        }
        return zip(sums, centroids).map { sum, centroid in
            sum.allSatisfy { $0 == 0 } ? centroid : VoiceVectors.unit(sum)
        }
    }

    private func best(_ centroids: [[Float]]) -> [Int] {
        guard centroids.count > 1, !windows.isEmpty else { return windows.map { _ in 0 } }
        var score = [Float](repeating: 0, count: centroids.count)
        // One byte a window and speaker: there are at most 64.
        var origins: [UInt8] = []
        origins.reserveCapacity(windows.count * centroids.count)
        for (index, window) in windows.enumerated() {
            let before = score
            let leader = before.indices.max { before[$0] < before[$1] } ?? 0
            let cost = window.pause > 0 ? rules.changeCost : rules.changeCostInPhrase
            let weight = Float(min(1, window.speech / rules.window))
            for speaker in centroids.indices {
                let isChange = index > 0 && before[leader] - cost > before[speaker]
                origins.append(UInt8(isChange ? leader : speaker))
                score[speaker] =
                    (isChange ? before[leader] - cost : before[speaker])
                    + weight * vectors.product(index, centroids[speaker])
            }
        }
        var label = score.indices.max { score[$0] < score[$1] } ?? 0
        var labels = [Int](repeating: 0, count: windows.count)
        for index in windows.indices.reversed() {
            labels[index] = label
            label = Int(origins[index * centroids.count + label])
        }
        return labels
    }
}

/// Finds voices that speak too little beside others to be counted among all windows: the windows of each speaker are looked at
/// alone, and divided where two groups of them are two voices.
///
/// Whether they are is said by the cosine of their means without the noise of single windows, which splits of one voice and pairs
/// of voices differ in more than in any similarity of windows.
struct SpeakerDivision {
    private let windows: [SpeakerTimeline.Window]
    private let vectors: VoiceVectors
    private let rules: SpeakerRules

    init(_ windows: [SpeakerTimeline.Window], _ vectors: VoiceVectors, _ rules: SpeakerRules) {
        (self.windows, self.vectors, self.rules) = (windows, vectors, rules)
    }

    /// The centroids of all speakers, at most `most`, when those of `centroids` are divided; the same ones when none is.
    ///
    /// - Parameter labels: The index of a centroid for each window. Cost: a spectral clustering for each speaker.
    func divided(_ labels: [Int], _ centroids: [[Float]], most: Int) -> [[Float]] {
        var waiting = centroids.indices.map { speaker in
            windows.indices.filter { labels[$0] == speaker && windows[$0].speech >= rules.leastFoundingLength }
        }
        var found: [[Int]] = []
        while let group = waiting.popLast() {
            if found.count + waiting.count + 1 < most, let parts = parts(of: group) {
                waiting += parts
            } else {
                found.append(group)
            }
        }
        guard found.count > centroids.count else { return centroids }
        return found.filter { !$0.isEmpty }.map { VoiceVectors.unit(Sum($0, vectors).vector) }
    }

    /// The windows of the two voices in a group; `nil` when it is one.
    private func parts(of group: [Int]) -> [[Int]]? {
        guard group.count >= 3 * rules.leastDivided else { return nil }
        let count = min(group.count, rules.estimateCount)
        let sample = (0..<count).map { group[$0 * group.count / count] }
        let labels = SpectralClusters(sample.map { vectors[$0] }, share: rules.dividedShare).groups(2)
        let sides = (0..<2).map { side in zip(sample, labels).filter { $0.1 == side }.map(\.0) }
        let share = Double(group.count) / Double(count)
        let isLong = sides.allSatisfy { side in
            let seconds = side.reduce(0) { $0 + windows[$1].labelled.upperBound - windows[$1].labelled.lowerBound }
            return side.count >= rules.leastDivided && Float(seconds * share) >= rules.leastSpeech
        }
        guard isLong else { return nil }
        let sums = sides.map { Sum($0, vectors) }
        let likeness = sums.map(\.likeness)
        guard let least = likeness.min(), least >= rules.leastLikeness else { return nil }
        let across = VoiceVectors.product(sums[0].vector, sums[1].vector) / Float(sides[0].count * sides[1].count)
        guard across < rules.sameVoice * (likeness[0] * likeness[1]).squareRoot() else { return nil }
        let means = sums.map { VoiceVectors.unit($0.vector) }
        let isFirst = group.map { vectors.product($0, means[0]) >= vectors.product($0, means[1]) }
        let parts = [true, false].map { first in zip(group, isFirst).filter { $0.1 == first }.map(\.0) }
        return parts.contains { $0.isEmpty } ? nil : parts
    }

    /// The sum of some vectors, and how alike they are.
    private struct Sum {
        var vector: [Float]
        /// The mean similarity of two of them.
        var likeness: Float = 0

        init(_ indices: [Int], _ vectors: VoiceVectors) {
            guard let first = indices.first else {
                vector = []
                return
            }
            vector = [Float](repeating: 0, count: vectors[first].count)
            var squares: Float = 0
            for index in indices {
                let next = vectors[index]
                squares += VoiceVectors.product(next, next)
                for position in vector.indices { vector[position] += next[position] }
            }
            let pairs = Float(indices.count) * Float(indices.count - 1)
            if pairs > 0 { likeness = (VoiceVectors.product(vector, vector) - squares) / pairs }
        }
    }
}

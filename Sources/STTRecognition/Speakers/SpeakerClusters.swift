import STTValues

/// The voices of a recording as its windows arrive: clusters of a block at a time, then clusters of these.
///
/// Memory: 260 bytes a window, and at most some 1,200 clusters whatever the length.
struct SpeakerClusters: Sendable {
    let rules: SpeakerRules
    private var open: [VoiceCluster] = []
    private var closed: [VoiceCluster] = []

    var isEmpty: Bool { open.isEmpty && closed.isEmpty }

    init(_ rules: SpeakerRules) { self.rules = rules }

    /// Takes the vector of a window and the seconds of speech in it.
    mutating func append(_ vector: [Float], seconds: Float) {
        open.append(VoiceCluster(sum: VoiceVectors.unit(vector).map { $0 * seconds }, weight: seconds))
        if open.count >= rules.blockCount { closeBlock() }
    }

    private mutating func closeBlock() {
        let merges = AverageLinkage.merges(open).prefix(max(0, open.count - rules.leastInBlock))
        closed += AverageLinkage.applying(merges.prefix { $0.similarity >= rules.blockSimilarity }, to: open)
        open = []
        guard closed.count > rules.clusterLimit else { return }
        let surplus = closed.count - rules.clusterLimit / 2
        closed = AverageLinkage.applying(AverageLinkage.merges(closed).prefix(surplus), to: closed)
    }

    /// The centroid of each speaker, of length 1. Without an `estimate` of their number, similar clusters are one speaker.
    func speakers(_ separation: SpeakerSeparation, estimate: Int?) -> [[Float]] {
        var copy = self
        copy.closeBlock()
        let clusters = copy.closed
        guard !clusters.isEmpty else { return [] }
        let merges = AverageLinkage.merges(clusters)
        let counts = speakerCounts(clusters, merges)
        // Average linkage merges at ever smaller similarities.
        let similarCount = merges.prefix { $0.similarity >= rules.mergeSimilarity }.count
        let range =
            estimate.map { number in
                let number = min(max(number, separation.range.lowerBound), separation.range.upperBound)
                return number...number
            } ?? separation.range
        let steps = Self.nearest(to: similarCount, in: counts, range)
        let found = AverageLinkage.applying(merges.prefix(steps), to: clusters)
        let longest = found.map(\.weight).max() ?? 0
        let least = min(rules.leastSpeech, longest)
        var speakers = found.filter { $0.weight >= least }.sorted { $0.weight > $1.weight }
        if speakers.count < range.lowerBound {
            // Shorter ones, the longest first, when so many are asked for.
            let rest = found.filter { $0.weight < least }.sorted { $0.weight > $1.weight }
            speakers += rest.prefix(range.lowerBound - speakers.count)
        }
        return speakers.prefix(range.upperBound).map(\.centroid)
    }

    /// How many clusters are speakers after 0, 1, 2, … merges.
    private func speakerCounts(_ clusters: [VoiceCluster], _ merges: [AverageLinkage.Merge]) -> [Int] {
        var weights = clusters.map(\.weight)
        var count = weights.count { $0 >= rules.leastSpeech }
        var counts = [count]
        for merge in merges {
            let before = [weights[merge.kept], weights[merge.merged]].count { $0 >= rules.leastSpeech }
            weights[merge.kept] += weights[merge.merged]
            count += (weights[merge.kept] >= rules.leastSpeech ? 1 : 0) - before
            counts.append(count)
        }
        return counts
    }

    /// The number of merges nearest to `estimate` after which the number of speakers is in `range`; with equal distance,
    /// the greater. Without one, that with the nearest number of speakers.
    private static func nearest(to estimate: Int, in counts: [Int], _ range: ClosedRange<Int>) -> Int {
        func distance(_ count: Int) -> Int { max(range.lowerBound - count, count - range.upperBound, 0) }
        // A recording with less speech than a speaker needs has one all the same.
        let best = counts.map { distance(max(1, $0)) }.min() ?? 0
        return counts.indices.filter { distance(max(1, counts[$0])) == best }
            .min { (abs($0 - estimate), -$0) < (abs($1 - estimate), -$1) } ?? estimate
    }
}

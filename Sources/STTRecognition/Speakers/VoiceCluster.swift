/// Vectors of one voice: their sum, each of length 1 times its weight.
struct VoiceCluster: Sendable {
    var sum: [Float]
    var weight: Float

    /// The mean of the vectors. The product of two means is the average similarity of their vectors.
    var mean: [Float] { sum.map { $0 / weight } }

    /// The mean at length 1.
    var centroid: [Float] { VoiceVectors.unit(sum) }

    mutating func merge(_ other: VoiceCluster) {
        for index in sum.indices { sum[index] += other.sum[index] }
        weight += other.weight
    }
}

/// Agglomerative clustering with average linkage: the two most similar clusters are merged, again and again.
enum AverageLinkage {
    struct Merge: Sendable, Hashable {
        /// Indices of the clusters; the second is merged into the first.
        let kept: Int
        let merged: Int
        /// Average similarity of their vectors.
        let similarity: Float
    }

    /// All merges of `clusters` in order, down to one cluster. Time and memory grow with the square of their number.
    static func merges(_ clusters: [VoiceCluster]) -> [Merge] {
        let count = clusters.count
        guard count > 1 else { return [] }
        let means = clusters.map(\.mean)
        var weights = clusters.map(\.weight)
        var table = [Float](repeating: -.infinity, count: count * count)
        for row in 0..<count {
            for column in 0..<row {
                let similarity = VoiceVectors.product(means[row], means[column])
                table[row * count + column] = similarity
                table[column * count + row] = similarity
            }
        }
        var isAlive = [Bool](repeating: true, count: count)
        var nearest = (0..<count).map { best(of: $0, in: table, count, isAlive) }
        var merges: [Merge] = []
        while merges.count < count - 1 {
            var kept = -1
            for row in 0..<count where isAlive[row] {
                if kept < 0 || table[row * count + nearest[row]] > table[kept * count + nearest[kept]] { kept = row }
            }
            let merged = nearest[kept]
            merges.append(Merge(kept: kept, merged: merged, similarity: table[kept * count + merged]))
            isAlive[merged] = false
            let total = weights[kept] + weights[merged]
            for other in 0..<count where isAlive[other] && other != kept {
                let similarity =
                    (weights[kept] * table[kept * count + other] + weights[merged] * table[merged * count + other])
                    / total
                table[kept * count + other] = similarity
                table[other * count + kept] = similarity
            }
            weights[kept] = total
            guard merges.count < count - 1 else { break }
            nearest[kept] = best(of: kept, in: table, count, isAlive)
            for other in 0..<count where isAlive[other] && other != kept {
                if nearest[other] == kept || nearest[other] == merged {
                    nearest[other] = best(of: other, in: table, count, isAlive)
                } else if table[other * count + kept] > table[other * count + nearest[other]] {
                    nearest[other] = kept
                }
            }
        }
        return merges
    }

    private static func best(of row: Int, in table: [Float], _ count: Int, _ isAlive: [Bool]) -> Int {
        var best = -1
        for column in 0..<count where column != row && isAlive[column] {
            if best < 0 || table[row * count + column] > table[row * count + best] { best = column }
        }
        return best
    }

    /// The clusters after `merges`.
    static func applying(_ merges: some Sequence<Merge>, to clusters: [VoiceCluster]) -> [VoiceCluster] {
        var clusters = clusters.map(Optional.some)
        for merge in merges {
            guard let merged = clusters[merge.merged] else { continue }
            clusters[merge.kept]?.merge(merged)
            clusters[merge.merged] = nil
        }
        return clusters.compactMap { $0 }
    }
}

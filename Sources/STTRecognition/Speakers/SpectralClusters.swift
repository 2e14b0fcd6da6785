/// Vectors in groups by the spectrum of their similarities (von Luxburg, "A tutorial on spectral clustering", 2007): each
/// vector becomes its row of the leading eigenvectors of the normalised affinity, and the rows are clustered by k-means.
///
/// Unlike merging by average similarity it finds groups of which the one is less like itself than two others are like each
/// other, and a single odd vector founds no group.
struct SpectralClusters: Sendable {
    private static let stepLimit = 300
    private static let roundLimit = 50

    private let vectors: [[Float]]
    /// The normalised affinity, and where it is not 0.
    private let affinity: [Double]
    private let neighbours: [[Int]]

    /// - Parameters:
    ///   - vectors: Of length 1.
    ///   - share: The part of the similarities of each vector that counts.
    init(_ vectors: [[Float]], share: Double = 0.1) {
        self.vectors = vectors
        let count = vectors.count
        var similarities = [Float](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0...row {
                let similarity = VoiceVectors.product(vectors[row], vectors[column])
                similarities[row * count + column] = similarity
                similarities[column * count + row] = similarity
            }
        }
        affinity = Eigengap.affinity(similarities, count: count, share: share)
        neighbours = (0..<count).map { [affinity] row in
            (0..<count).filter { affinity[row * count + $0] != 0 }
        }
    }

    /// How many groups there are, by the eigengap.
    func groupCount(most: Int) -> Int { Eigengap.groupCount(ofAffinity: affinity, count: vectors.count, most: most) }

    /// The group of each vector, when there are `count` groups; some may be empty.
    func groups(_ count: Int) -> [Int] {
        guard count > 1, count < vectors.count else {
            return vectors.indices.map { count > 1 ? $0 : 0 }
        }
        let rows = rows(count)
        // The first vector, then each time the one that is least like those before.
        var centres = [rows[0]]
        while centres.count < count {
            let next = rows.indices.min { closeness(rows[$0], centres) < closeness(rows[$1], centres) } ?? 0
            centres.append(rows[next])
        }
        var labels = [Int](repeating: -1, count: rows.count)
        for _ in 0..<Self.roundLimit {
            let next = rows.map { row in
                centres.indices.max { Self.product(row, centres[$0]) < Self.product(row, centres[$1]) } ?? 0
            }
            if next == labels { break }
            labels = next
            for group in centres.indices {
                var sum = [Double](repeating: 0, count: count)
                for (row, label) in zip(rows, labels) where label == group {
                    for index in sum.indices { sum[index] += row[index] }
                }
                if sum.contains(where: { $0 != 0 }) { centres[group] = Self.unit(sum) }
            }
        }
        return labels
    }

    /// The centroid of each group that has members, of length 1, and how many.
    func centroids(_ count: Int) -> [(centroid: [Float], members: Int)] {
        let labels = groups(count)
        return (0..<count).compactMap { group in
            let members = vectors.indices.filter { labels[$0] == group }
            guard let first = members.first else { return nil }
            var sum = [Float](repeating: 0, count: vectors[first].count)
            for member in members { for index in sum.indices { sum[index] += vectors[member][index] } }
            return (VoiceVectors.unit(sum), members.count)
        }
    }

    private func closeness(_ row: [Double], _ centres: [[Double]]) -> Double {
        centres.map { Self.product(row, $0) }.max() ?? 0
    }

    /// A row of the leading eigenvectors for each vector, of length 1.
    private func rows(_ count: Int) -> [[Double]] {
        let size = vectors.count
        // Orthogonal iteration with A + 1, whose eigenvalues are not negative. It starts with a fixed sequence.
        var state: UInt64 = 1
        var basis = (0..<count).map { _ in
            (0..<size).map { _ -> Double in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Double(state >> 40) / Double(1 << 24) - 0.5
            }
        }
        Self.orthonormalise(&basis)
        for _ in 0..<Self.stepLimit {
            var next = basis.map { vector in
                (0..<size).map { row in
                    neighbours[row].reduce(vector[row]) { $0 + affinity[row * size + $1] * vector[$1] }
                }
            }
            Self.orthonormalise(&next)
            // How much of the new space lies in the old one: all of it when it stays.
            let shared = next.reduce(0) { sum, vector in
                sum + basis.reduce(0) { $0 + Self.product(vector, $1) * Self.product(vector, $1) }
            }
            basis = next
            if shared > Double(count) - 1e-7 { break }
        }
        return (0..<size).map { row in Self.unit(basis.map { $0[row] }) }
    }

    private static func orthonormalise(_ basis: inout [[Double]]) {
        for index in basis.indices {
            for other in 0..<index {
                let part = product(basis[index], basis[other])
                for row in basis[index].indices { basis[index][row] -= part * basis[other][row] }
            }
            basis[index] = unit(basis[index])
        }
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    private static func unit(_ vector: [Double]) -> [Double] {
        let length = product(vector, vector).squareRoot()
        return length > 1e-150 ? vector.map { $0 / length } : vector
    }
}

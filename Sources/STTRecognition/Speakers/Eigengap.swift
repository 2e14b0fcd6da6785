/// The number of groups among vectors by the spectrum of their similarities: as many as there are eigenvalues of the
/// normalised affinity before the widest gap (von Luxburg, "A tutorial on spectral clustering", 2007, part 8.3).
///
/// It looks at how much more alike the vectors of a group are, so it needs no threshold, which differs between models and
/// microphones.
enum Eigengap {
    /// - Parameters:
    ///   - similarities: Symmetric, `[row * count + column]`.
    ///   - most: The largest number of groups.
    ///   - share: The part of each row that counts: the greatest similarities, at least `leastKept` of them, because with
    ///     fewer neighbours the vectors of one group fall apart into many, and with more a group that has less of the
    ///     vectors joins another one.
    static func groupCount(
        _ similarities: [Float], count: Int, most: Int, share: Double = 0.1, leastKept: Int = 6
    ) -> Int {
        groupCount(
            ofAffinity: affinity(similarities, count: count, share: share, leastKept: leastKept), count: count,
            most: most)
    }

    /// The same of a normalised affinity.
    static func groupCount(ofAffinity affinity: [Double], count: Int, most: Int) -> Int {
        guard count > 2 else { return min(1, count) }
        let values = eigenvalues(affinity, count).sorted(by: >).prefix(min(most, count - 1) + 1)
        let gaps = zip(values, values.dropFirst()).map { $0 - $1 }
        return 1 + (gaps.indices.max { gaps[$0] < gaps[$1] } ?? 0)
    }

    /// The greatest similarities of each row, made symmetric and divided by the roots of the sums of row and column.
    static func affinity(
        _ similarities: [Float], count: Int, share: Double = 0.1, leastKept: Int = 6
    ) -> [Double] {
        guard count > 0 else { return [] }
        let kept = max(leastKept, Int((Double(count) * share).rounded()))
        var affinity = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            let values = similarities[row * count..<(row + 1) * count]
            let least = values.sorted(by: >)[min(kept, count) - 1]
            for (column, value) in values.enumerated() where value >= least && value > 0 {
                affinity[row * count + column] += Double(value) / 2
                affinity[column * count + row] += Double(value) / 2
            }
        }
        let scale = (0..<count).map { row in
            1 / (affinity[row * count..<(row + 1) * count].reduce(0, +) + 1e-6).squareRoot()
        }
        for row in 0..<count {
            for column in 0..<count { affinity[row * count + column] *= scale[row] * scale[column] }
        }
        return affinity
    }

    /// The eigenvalues of a symmetric matrix, in no order: Householder's reflections to tridiagonal form, then the implicit
    /// QL method. Cost: 4/3 n³ operations.
    static func eigenvalues(_ matrix: [Double], _ count: Int) -> [Double] {
        var (diagonal, side) = tridiagonal(matrix, count)
        diagonalise(&diagonal, &side)
        return diagonal
    }

    /// Diagonal and subdiagonal (from index 1) of the similar tridiagonal matrix.
    private static func tridiagonal(_ matrix: [Double], _ count: Int) -> ([Double], [Double]) {
        var a = matrix
        var side = [Double](repeating: 0, count: count)
        for row in stride(from: count - 1, to: 0, by: -1) {
            let length = row  // the elements left of the diagonal
            let scale = (0..<length).reduce(0) { $0 + abs(a[row * count + $1]) }
            guard length > 1, scale > 0 else {
                side[row] = a[row * count + row - 1]
                continue
            }
            var square = 0.0
            for k in 0..<length {
                a[row * count + k] /= scale
                square += a[row * count + k] * a[row * count + k]
            }
            let last = a[row * count + length - 1]
            let root = last >= 0 ? -square.squareRoot() : square.squareRoot()
            side[row] = scale * root
            let factor = square - last * root
            a[row * count + length - 1] = last - root
            var p = [Double](repeating: 0, count: length)
            var dot = 0.0
            for j in 0..<length {
                var sum = 0.0
                for k in 0...j { sum += a[j * count + k] * a[row * count + k] }
                for k in j + 1..<max(j + 1, length) { sum += a[k * count + j] * a[row * count + k] }
                p[j] = sum / factor
                dot += p[j] * a[row * count + j]
            }
            let half = dot / (2 * factor)
            for j in 0..<length {
                let u = a[row * count + j]
                p[j] -= half * u
                for k in 0...j { a[j * count + k] -= u * p[k] + p[j] * a[row * count + k] }
            }
        }
        return ((0..<count).map { a[$0 * count + $0] }, side)
    }

    /// The implicit QL method with shifts, at most 60 steps an eigenvalue.
    private static func diagonalise(_ d: inout [Double], _ side: inout [Double]) {
        let count = d.count
        var e = Array(side.dropFirst()) + [0]
        for l in 0..<count {
            for _ in 0..<60 {
                let m = (l..<count - 1).first { abs(e[$0]) <= 1e-14 * (abs(d[$0]) + abs(d[$0 + 1])) } ?? count - 1
                if m == l { break }
                var g = (d[l + 1] - d[l]) / (2 * e[l])
                var r = (g * g + 1).squareRoot()
                g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r))
                var (s, c, p) = (1.0, 1.0, 0.0)
                var isSplit = false
                for i in stride(from: m - 1, through: l, by: -1) {
                    let (f, b) = (s * e[i], c * e[i])
                    r = (f * f + g * g).squareRoot()
                    e[i + 1] = r
                    if r == 0 {
                        d[i + 1] -= p
                        e[m] = 0
                        isSplit = true
                        break
                    }
                    (s, c) = (f / r, g / r)
                    g = d[i + 1] - p
                    r = (d[i] - g) * s + 2 * c * b
                    p = s * r
                    d[i + 1] = g + p
                    g = c * r - b
                }
                if isSplit { continue }
                d[l] -= p
                e[l] = g
                e[m] = 0
            }
        }
    }
}

import Foundation
import Testing

@testable import STTRecognition

@Suite struct EigengapTests {
    @Test func theEigenvaluesAreThoseOfKnownMatrices() {
        // 2 on the diagonal, −1 beside it: 2 − 2·cos(kπ/(n+1)).
        let count = 12
        var matrix = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            matrix[row * count + row] = 2
            if row > 0 { (matrix[row * count + row - 1], matrix[(row - 1) * count + row]) = (-1, -1) }
        }
        let expected = (1...count).map { 2 - 2 * cos(Double($0) * .pi / Double(count + 1)) }
        let found = Eigengap.eigenvalues(matrix, count).sorted()
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-9 })
        // All ones: n once and 0 else.
        let ones = Eigengap.eigenvalues([Double](repeating: 1, count: 49), 7).sorted()
        #expect(abs(ones[6] - 7) < 1e-9 && ones.dropLast().allSatisfy { abs($0) < 1e-9 })
        #expect(Eigengap.eigenvalues([5], 1) == [5])
    }

    @Test func traceAndSumOfSquaresStay() {
        let count = 60
        var state: UInt64 = 3
        var matrix = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0...row {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let value = Double(state >> 40) / Double(1 << 24) - 0.5
                (matrix[row * count + column], matrix[column * count + row]) = (value, value)
            }
        }
        let values = Eigengap.eigenvalues(matrix, count)
        let trace = (0..<count).reduce(0) { $0 + matrix[$1 * count + $1] }
        #expect(abs(values.reduce(0, +) - trace) < 1e-9)
        #expect(abs(values.reduce(0) { $0 + $1 * $1 } - matrix.reduce(0) { $0 + $1 * $1 }) < 1e-8)
    }

    @Test(arguments: [1, 2, 3, 5]) func groupsOfLikeVectorsAreCounted(groups: Int) {
        let count = 60
        let similarities = (0..<count * count).map { index -> Float in
            index / count % groups == index % count % groups ? 0.3 : 0
        }
        #expect(Eigengap.groupCount(similarities, count: count, most: 16) == groups)
    }

    /// Two of six groups are more like each other than the rest: a voice of the same age and sex.
    @Test func groupsThatAreAlikeAreCountedApart() {
        let count = 180
        let similarities = (0..<count * count).map { index -> Float in
            let (row, column) = (index / count % 6, index % count % 6)
            return row == column ? 0.65 : max(row, column) == 5 && min(row, column) == 4 ? 0.455 : 0
        }
        #expect(Eigengap.groupCount(similarities, count: count, most: 16) == 6)
    }

    @Test func fewVectorsAreOneGroup() {
        #expect(Eigengap.groupCount([], count: 0, most: 16) == 0)
        #expect(Eigengap.groupCount([1, 0, 0, 1], count: 2, most: 16) == 1)
    }
}

import Testing

@testable import STTRecognition

/// Cases 39–43 of the gigastt 2.3 contract.
@Suite struct TokenScoresTests {
    static let rows: [([Float], Int)] = [
        ([0.1, 0.5, 0.9, 0.2], 2), ([1, 1, 0.5], 1), ([-3, -1, -2], 1), ([], 1024), ([7], 0),
        ([-.infinity, -.infinity], 1), ([.nan, .nan, .nan], 1024), ([.nan, 2, 1], 1), ([2, .nan, 1], 0),
    ]

    @Test(arguments: rows)
    func theLastOfTheBestScoresIsChosen(scores: [Float], best: Int) {
        #expect(scores.withUnsafeBufferPointer { TokenScores.best($0, fallback: 1024) } == best)
    }

    static let probabilities: [([Float], Int, Float)] = [
        ([0.1, 5, 0.2], 1, 0.98457), ([0, 0, 0, 0], 2, 0.25), ([1000, 1000], 0, 0.5), ([-1000, -1000], 1, 0.5),
        ([], 1024, 0), ([1, 2], 2, 0), ([1, 2], -1, 0),
    ]

    @Test(arguments: probabilities)
    func confidenceIsTheSoftmax(scores: [Float], token: Int, confidence: Float) {
        let result = scores.withUnsafeBufferPointer { TokenScores.probability(of: token, in: $0) }
        #expect(abs(result - confidence) < 1e-5)
    }
}

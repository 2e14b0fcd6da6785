import STTRecognition
import Testing

/// Cases 77–81 of the gigastt contract. The vocabulary has three tokens; the blank is 2.
@Suite struct GreedyCTCTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let best: [Int]
        var frameCount: Int?
        let tokens: [(id: Int, frame: Int)]
        var testDescription: String { "\(best), \(frameCount ?? best.count) frames" }
    }

    static let cases = [
        Case(best: [0, 0, 2, 1], tokens: [(0, 0), (1, 3)]),
        Case(best: [0, 0, 2, 0], tokens: [(0, 0), (0, 3)]),
        Case(best: [0, 1, 0], frameCount: 2, tokens: [(0, 0), (1, 1)]),
        Case(best: [2, 2, 2], tokens: []),
        Case(best: [], tokens: []),
        Case(best: [0, 1], frameCount: 9, tokens: [(0, 0), (1, 1)]),
        Case(best: [0, 1], frameCount: -3, tokens: []),
        Case(best: [1, 2, 2, 1, 0], tokens: [(1, 0), (1, 3), (0, 4)]),
    ]

    /// The winner gets 1, the other two 0: its probability is e / (e + 2).
    private func scores(_ best: [Int]) -> [Float] { best.flatMap { winner in (0..<3).map { $0 == winner ? 1 : 0 } } }

    @Test(arguments: cases) func repeatsAndBlanksAreRemoved(_ expected: Case) {
        let search = GreedyCTC(blank: 2, vocabularySize: 3)
        let hypothesis = scores(expected.best).withUnsafeBufferPointer {
            search.search($0, frameCount: expected.frameCount ?? expected.best.count)
        }
        #expect(hypothesis.tokens.map(\.id) == expected.tokens.map(\.id))
        #expect(hypothesis.tokens.map(\.frame) == expected.tokens.map(\.frame))
        #expect(hypothesis.tokens.allSatisfy { abs($0.confidence - 0.576_117) < 1e-5 })
        #expect(hypothesis.frameCount == min(max(expected.frameCount ?? .max, 0), expected.best.count))
    }

    @Test func withoutAVocabularyThereIsNothing() {
        let search = GreedyCTC(blank: 0, vocabularySize: 0)
        let scores: [Float] = [1, 2, 3]
        #expect(scores.withUnsafeBufferPointer { search.search($0, frameCount: 3) }.tokens.isEmpty)
    }

    @Test func aRestOfARowIsNotRead() {
        let search = GreedyCTC(blank: 2, vocabularySize: 3)
        let hypothesis = (scores([0, 1]) + [9]).withUnsafeBufferPointer { search.search($0, frameCount: 5) }
        #expect(hypothesis.frameCount == 2)
    }
}

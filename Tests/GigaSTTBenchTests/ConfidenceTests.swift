import Foundation
import STTRecognition
import TestSupport
import Testing

@testable import GigaSTTBench

@Suite struct ConfidenceTests {
    /// Words whose odds of being right are made of their confidences by a known line: the fit finds it.
    @Test(arguments: [(0.4, -0.8), (1.0, 0.0), (1.6, 0.5)])
    func fitFindsTheLineThatMadeTheWords(_ slope: Double, _ offset: Double) {
        var random = SeededRandom(3)
        let words = (0..<40_000).map { _ in
            let x = Double.random(in: -3...6, using: &random)
            let chance = 1 / (1 + exp(-(slope * x + offset)))
            return JudgedWord(
                confidence: 1 / (1 + exp(-x)), isRight: Double.random(in: 0..<1, using: &random) < chance)
        }
        let found = CalibrationFit.fit(words)
        #expect(abs(found.slope - slope) < 0.06 && abs(found.offset - offset) < 0.06, "\(found)")
        let calibrated = words.map {
            JudgedWord(confidence: Double(found(Float($0.confidence))), isRight: $0.isRight)
        }
        #expect(ReliabilityDiagram(calibrated).expectedError < 0.01)
    }

    @Test func fitIsFiniteAndKeepsTheOrder() {
        for words in [
            [], [JudgedWord(confidence: 1, isRight: true)], [JudgedWord(confidence: 0, isRight: false)],
            (0..<50).map { JudgedWord(confidence: Double($0) / 50, isRight: true) },
            // The surer, the more often wrong: the slope stays above 0.
            (0..<50).map { JudgedWord(confidence: Double($0) / 50, isRight: $0 < 25) },
        ] {
            let found = CalibrationFit.fit(words)
            #expect(found.slope > 0 && found.slope.isFinite && found.offset.isFinite, "\(words.count)")
        }
    }

    /// By hand: 4 words of 0.9, three right, and 2 of 0.15, none right: (4·0.15 + 2·0.15) / 6.
    @Test func expectedErrorIsThatOfTheBins() {
        let words =
            [true, true, true, false].map { JudgedWord(confidence: 0.9, isRight: $0) }
            + [false, false].map { JudgedWord(confidence: 0.15, isRight: $0) }
        let diagram = ReliabilityDiagram(words)
        #expect(diagram.bins[9].count == 4 && diagram.bins[1].count == 2)
        #expect(abs(diagram.expectedError - 0.15) < 1e-9)
        #expect(ReliabilityDiagram([JudgedWord(confidence: 1, isRight: true)]).bins[9].count == 1)
        #expect(ReliabilityDiagram([]).expectedError == 0)
    }

    @Test(arguments: [
        ("а б в", "а б в", [0, 1, 2]), ("а х в", "а б в", [0, 2]), ("а б в", "а в", [0, 2]), ("а в", "а б в", [0, 1]),
        ("", "а", []), ("а", "", []), ("х у", "а б в", []), ("а а", "а", [0]),
    ])
    func wordsAreJudgedByTheShortestEdit(_ heard: String, _ spoken: String, _ expected: [Int]) {
        let right = WordMatches.rightWords(
            of: heard.split(separator: " ").map(String.init), spoken: spoken.split(separator: " ").map(String.init))
        // Of equal words either may be the one that was spoken.
        #expect(right.count == expected.count && (heard == "а а" || right == Set(expected)))
    }
}

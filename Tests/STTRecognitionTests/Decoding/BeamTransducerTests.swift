import Foundation
import TestSupport
import Testing

@testable import STTRecognition

/// The beam search against all alignments there are, on networks so small that they can be enumerated.
@Suite struct BeamTransducerTests {
    private static let vocabularySize = 3
    private static let blank = 2

    /// Scores by frame and by the last two tokens.
    private struct TableNetworks: TransducerNetworks {
        let scores: [[Float]]

        init(seed: UInt64, frameCount: Int) {
            var random = SeededRandom(seed)
            scores = (0..<frameCount * 9).map { _ in
                (0..<vocabularySize).map { random.within(Float(-2)...2) + ($0 == blank ? 1.5 : 0) }
            }
        }

        func start() -> [Int] { [] }
        func advance(_ prediction: inout [Int], by token: Int) { prediction.append(token) }
        func withScores<Result>(
            frame: Int, of frames: Void, after prediction: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
        ) -> Result {
            row(frame, prediction).withUnsafeBufferPointer(body)
        }

        func row(_ frame: Int, _ tokens: [Int]) -> [Float] {
            let context = tokens.suffix(2).reduce(0) { $0 * 3 + $1 + 1 } % 9
            return scores[frame * 9 + context]
        }

        /// The best alignment of each reading of at most `limit` tokens, in logarithms of probabilities.
        func readings(frameCount: Int, limit: Int) -> [[Int]: Double] {
            var best: [[Int]: Double] = [:]
            func follow(_ frame: Int, _ tokens: [Int], _ score: Double) {
                guard frame < frameCount else {
                    best[tokens] = max(best[tokens] ?? -.infinity, score)
                    return
                }
                let row = row(frame, tokens).map(Double.init)
                let total = log(row.reduce(0) { $0 + exp($1) })
                follow(frame + 1, tokens, score + row[blank] - total)
                guard tokens.count < limit else { return }
                for token in 0..<blank { follow(frame, tokens + [token], score + row[token] - total) }
            }
            follow(0, [], 0)
            return best
        }
    }

    private func search(
        _ networks: TableNetworks, _ frameCount: Int, width: Int, count: Int, bias: TokenBias? = nil
    ) throws -> [Hypothesis] {
        var options = DecodeOptions()
        (options.hypothesisCount, options.bias) = (count, bias)
        return try BeamTransducer(blank: Self.blank, width: width).hypotheses(
            (), frameCount: frameCount, with: networks, options: options
        ) { false }
    }

    @Test func theBestReadingsAreThoseOfAllAlignments() throws {
        for seed in 0..<UInt64(40) {
            let networks = TableNetworks(seed: seed, frameCount: 3)
            let expected = networks.readings(frameCount: 3, limit: 6).sorted { $0.value > $1.value }.prefix(3)
            let found = try search(networks, 3, width: 60, count: 3)
            #expect(found.map { $0.tokens.map(\.id) } == expected.map(\.key), "seed \(seed)")
            for (hypothesis, reading) in zip(found, expected) {
                #expect(abs(Double(hypothesis.score) - reading.value) < 1e-4, "seed \(seed)")
            }
        }
    }

    @Test func aBiasChangesTheOrder() throws {
        let networks = TableNetworks(seed: 5, frameCount: 3)
        let plain = try search(networks, 3, width: 60, count: 3)
        let wanted = plain[2].tokens.map(\.id)
        try #require(!wanted.isEmpty)
        let bias = TokenBias([TokenBias.Phrase(wanted, bonus: 0.5)])
        let biased = try search(networks, 3, width: 60, count: 60, bias: bias)
        let score = try #require(biased.first { $0.tokens.map(\.id) == wanted }?.score)
        #expect(abs(score - (plain[2].score + 0.5 * Float(wanted.count))) < 1e-4)
    }

    @Test func noFramesHaveOneEmptyReading() throws {
        let found = try search(TableNetworks(seed: 1, frameCount: 1), 0, width: 4, count: 4)
        #expect(found == [Hypothesis(tokens: [], frameCount: 0)])
    }

    @Test func atMostSoManyReadingsAreGiven() throws {
        let networks = TableNetworks(seed: 2, frameCount: 4)
        #expect(try search(networks, 4, width: 8, count: 3).count == 3)
        #expect(try search(networks, 4, width: 2, count: 9).count == 2)
    }

    @Test func cancellationEndsTheSearch() {
        let networks = TableNetworks(seed: 3, frameCount: 4)
        #expect(throws: CancellationError.self) {
            try BeamTransducer(blank: 2, width: 4).hypotheses(
                (), frameCount: 4, with: networks, options: DecodeOptions()
            ) { true }
        }
    }
}

import Foundation
import TestSupport
import Testing

@testable import STTRecognition

/// The beam search against all alignments there are, on networks so small that they can be enumerated.
@Suite struct BeamTransducerTests {
    private static let blank = 2

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
            let networks = TableNetworks(seed: seed, frameCount: 3, tokenCount: 3)
            let expected = networks.readings(frameCount: 3, limit: 6).sorted { $0.value > $1.value }.prefix(3)
            let found = try search(networks, 3, width: 60, count: 3)
            #expect(found.map { $0.tokens.map(\.id) } == expected.map(\.key), "seed \(seed)")
            for (hypothesis, reading) in zip(found, expected) {
                #expect(abs(Double(hypothesis.score) - reading.value) < 1e-4, "seed \(seed)")
            }
        }
    }

    @Test func aBiasChangesTheOrder() throws {
        let networks = TableNetworks(seed: 5, frameCount: 3, tokenCount: 3)
        let plain = try search(networks, 3, width: 60, count: 3)
        let wanted = plain[2].tokens.map(\.id)
        try #require(!wanted.isEmpty)
        // The mark is a scalar that no token has: the phrase may be anywhere.
        let bias = try #require(
            TokenBias(
                [TokenBias.Phrase(wanted.map { UInt32($0) }, boost: 0.5)], symbols: [[0], [1], []], mark: 9))
        let biased = try search(networks, 3, width: 60, count: 60, bias: bias)
        let score = try #require(biased.first { $0.tokens.map(\.id) == wanted }?.score)
        #expect(abs(score - (plain[2].score + 0.5)) < 1e-4)
    }

    @Test func noFramesHaveOneEmptyReading() throws {
        let found = try search(TableNetworks(seed: 1, frameCount: 1, tokenCount: 3), 0, width: 4, count: 4)
        #expect(found == [Hypothesis(tokens: [], frameCount: 0)])
    }

    @Test func atMostSoManyReadingsAreGiven() throws {
        let networks = TableNetworks(seed: 2, frameCount: 4, tokenCount: 3)
        #expect(try search(networks, 4, width: 8, count: 3).count == 3)
        #expect(try search(networks, 4, width: 2, count: 9).count == 2)
    }

    @Test func cancellationEndsTheSearch() {
        let networks = TableNetworks(seed: 3, frameCount: 4, tokenCount: 3)
        #expect(throws: CancellationError.self) {
            try BeamTransducer(blank: 2, width: 4).hypotheses(
                (), frameCount: 4, with: networks, options: DecodeOptions()
            ) { true }
        }
    }
}

import Foundation
import TestSupport
import Testing

@testable import STTRecognition

/// Token 0 is the word mark, 1 to 3 are letters, 4 is the blank.
@Suite struct PhraseTransducerTests {
    private static let symbols: [[UInt32]] = [[0], [1], [2], [3], []]
    private static let blank = 4

    private static func bias(_ phrases: [[UInt32]], boost: Float = 5) -> TokenBias? {
        TokenBias(phrases.map { TokenBias.Phrase($0, boost: boost) }, symbols: symbols, mark: 0)
    }

    private func search<Networks: TransducerNetworks>(
        _ networks: Networks, _ frameCount: Int, _ bias: TokenBias?
    ) throws -> Hypothesis where Networks.Frames == Void {
        let search: any TransducerSearch =
            bias.map { PhraseTransducer(blank: Self.blank, bias: $0) } ?? GreedyTransducer(blank: Self.blank)
        return try search.hypotheses(
            (), frameCount: frameCount, with: networks, options: DecodeOptions(), isCancelled: { false })[0]
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let phrases: [[UInt32]]
        var boost: Float = 5
        /// The greedy tokens of each frame; another letter is so much less likely.
        let greedy: [[Int]]
        let cost: Float
        let tokens: [Int]
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "a letter heard wrongly", phrases: [[0, 1, 2]], greedy: [[1], [3]], cost: 4, tokens: [1, 2]),
        Case(
            name: "a letter that costs more than the boost", phrases: [[0, 1, 2]], greedy: [[1], [3]], cost: 6,
            tokens: [1, 3]),
        Case(
            name: "a letter not heard", phrases: [[0, 1, 2, 3]], greedy: [[1], [], [3]], cost: 3, tokens: [1, 2, 3]),
        Case(
            name: "two letters heard wrongly", phrases: [[0, 1, 2, 3]], greedy: [[1], [1], [1]], cost: 2.4,
            tokens: [1, 2, 3]),
        Case(
            name: "two letters heard wrongly that cost more than the boost", phrases: [[0, 1, 2, 3]],
            greedy: [[1], [1], [1]], cost: 2.6, tokens: [1, 1, 1]),
        Case(
            name: "two letters heard wrongly at one frame", phrases: [[0, 1, 2, 3]], greedy: [[1, 1, 1]], cost: 2,
            tokens: [1, 1, 1]),
        Case(
            name: "a phrase left before its end", phrases: [[0, 1, 2, 2, 3]], greedy: [[1], [3], [1], [1]], cost: 3,
            tokens: [1, 3, 1, 1]),
        Case(
            name: "not the beginning of a word", phrases: [[0, 2, 3]], greedy: [[1], [2], [2]], cost: 3,
            tokens: [1, 2, 2]),
        Case(
            name: "a later word", phrases: [[0, 2, 3]], greedy: [[1], [0], [2], [2]], cost: 3, tokens: [1, 0, 2, 3]),
        Case(name: "two words", phrases: [[0, 2, 0, 3]], greedy: [[2], [0], [1]], cost: 2, tokens: [2, 0, 3]),
        Case(
            name: "an ending after the phrase", phrases: [[0, 1, 2]], greedy: [[1], [3], [1]], cost: 4,
            tokens: [1, 2, 1]),
        Case(
            name: "the end of the word belongs to the phrase", phrases: [[0, 1, 2, 0]], greedy: [[1], [3], [1]],
            cost: 4, tokens: [1, 3, 1]),
        Case(
            name: "the end of the audio ends the word", phrases: [[0, 1, 2, 0]], greedy: [[1], [3]], cost: 4,
            tokens: [1, 2]),
        Case(
            name: "a phrase that is heard rightly", phrases: [[0, 1, 2], [0, 3, 2]], greedy: [[1], [2]], cost: 2,
            tokens: [1, 2]),
        Case(
            name: "two of the same phrase", phrases: [[0, 1, 2]], greedy: [[1], [3], [0], [1], [3]], cost: 4,
            tokens: [1, 2, 0, 1, 2]),
    ]

    @Test(arguments: cases) func aPhraseIsWrittenWhereItIsLikelyEnough(_ expected: Case) throws {
        // Silence after the words, and no silence: the decision is made within the audio, and at its end.
        for silence in [0, 20] {
            let frames = expected.greedy + Array(repeating: [], count: silence)
            let networks = HeardNetworks(greedy: frames, cost: expected.cost)
            let bias = try #require(Self.bias(expected.phrases, boost: expected.boost))
            let found = try search(networks, frames.count, bias)
            #expect(found.tokens.map(\.id) == expected.tokens, "\(silence) frames of silence")
            #expect(found.tokens.allSatisfy { (0...1).contains($0.confidence) })
        }
    }

    /// On random networks: the result is the greedy reading, or one with more phrases in it, and the better one as far as
    /// both were followed. In a short window that is to its end.
    @Test(arguments: [PhraseReadingLimits.settling, 14]) func aChangedTextEarnsMoreThanItCosts(frameCount: Int) throws {
        var changedCount = 0
        for seed in 0..<UInt64(300) {
            let networks = TableNetworks(seed: seed, frameCount: frameCount, tokenCount: 5, spread: 3)
            var random = SeededRandom(seed + 1_000)
            let phrases = (0..<3).map { _ in [0] + (0..<3).map { _ in UInt32(random.within(1...3)) } }
            let bias = try #require(Self.bias(phrases))
            let (plain, found) = (try search(networks, frameCount, nil), try search(networks, frameCount, bias))
            guard found.tokens.map(\.id) != plain.tokens.map(\.id) else { continue }
            changedCount += 1
            let (before, after) = (Self.earned(plain, phrases), Self.earned(found, phrases))
            #expect(Self.overridesPerFrame(found, networks) <= 1, "seed \(seed)")
            guard frameCount <= PhraseReadingLimits.settling else { continue }
            #expect(after > before, "seed \(seed)")
            let gain =
                after + Self.score(found, networks, frameCount) - before - Self.score(plain, networks, frameCount)
            #expect(gain > -1e-3, "seed \(seed): \(gain)")
        }
        #expect(changedCount > 30)
    }

    /// Contract case 64, bit for bit.
    @Test func phrasesThatAreNotHeardChangeNothing() throws {
        let bias = try #require(Self.bias([[0, 77, 78], [0, 1, 99]], boost: 50))
        for seed in 0..<UInt64(100) {
            let networks = TableNetworks(seed: seed, frameCount: 12, tokenCount: 5)
            let (plain, found) = (try search(networks, 12, nil), try search(networks, 12, bias))
            #expect(found.tokens == plain.tokens && found.frameCount == plain.frameCount, "seed \(seed)")
        }
    }

    @Test func emptyAndStrangeScoresAreBlanks() throws {
        let bias = try #require(Self.bias([[0, 1]]))
        for row in [[], [Float](repeating: .nan, count: 5), [Float](repeating: -.infinity, count: 5)] {
            let networks = ConstantNetworks(row: row)
            #expect(try search(networks, 6, bias).tokens.count <= 60)
        }
        #expect(try search(ConstantNetworks(row: []), 0, bias) == Hypothesis(tokens: [], frameCount: 0))
    }

    @Test func cancellationIsAskedForBeforeEveryFrame() throws {
        let search = PhraseTransducer(blank: Self.blank, bias: try #require(Self.bias([[0, 1]])))
        var asked = 0
        #expect(throws: CancellationError.self) {
            try search.hypotheses(
                (), frameCount: 9, with: ConstantNetworks(row: [0, 0, 0, 0, 1]), options: DecodeOptions()
            ) {
                asked += 1
                return asked == 4
            }
        }
    }

    // MARK: - By the definitions

    /// The boosts of the phrases that are in the text, which begins with a word.
    private static func earned(_ hypothesis: Hypothesis, _ phrases: [[UInt32]]) -> Double {
        let text = [0] + hypothesis.tokens.map { UInt32($0.id) }
        return Set(phrases).reduce(0) { total, phrase in
            total + 5 * Double((1...text.count).count { text[..<$0].suffix(phrase.count).elementsEqual(phrase) })
        }
    }

    private static func score(_ hypothesis: Hypothesis, _ networks: TableNetworks, _ frameCount: Int) -> Double {
        var (score, history) = (0.0, [Int]())
        for frame in 0..<frameCount {
            for token in hypothesis.tokens where token.frame == frame {
                score += networks.logarithms(frame, history)[token.id]
                history.append(token.id)
            }
            let written = hypothesis.tokens.count { $0.frame == frame }
            if written < GreedyTransducer.symbolsPerFrame { score += networks.logarithms(frame, history)[blank] }
        }
        return score
    }

    private static func overridesPerFrame(_ hypothesis: Hypothesis, _ networks: TableNetworks) -> Int {
        var (counts, history) = ([Int: Int](), [Int]())
        for token in hypothesis.tokens {
            let row = networks.row(token.frame, history)
            if row[token.id] < row.max() ?? 0 { counts[token.frame, default: 0] += 1 }
            history.append(token.id)
        }
        return counts.values.max() ?? 0
    }
}

/// A voice that is heard as given, whatever was written before: at each frame its tokens in turn, then the blank. All
/// other tokens are less likely by the same cost, and by a quarter more where none is heard.
private final class HeardNetworks: TransducerNetworks {
    private let greedy: [[Int]]
    private let cost: Float
    private var frame = 0

    init(greedy: [[Int]], cost: Float) { (self.greedy, self.cost) = (greedy, cost) }

    /// The frame of each token.
    func start() -> [Int] { [] }
    func advance(_ prediction: inout [Int], by token: Int) { prediction.append(frame) }
    func withScores<Result>(
        frame: Int, of frames: Void, after prediction: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) -> Result {
        self.frame = frame
        let place = prediction.count { $0 == frame }
        let heard = place < greedy[frame].count ? greedy[frame][place] : 4
        let other = heard == 4 ? -1.25 * cost : -cost
        return (0..<5).map { $0 == heard ? 0 : other }.withUnsafeBufferPointer(body)
    }
}

private struct ConstantNetworks: TransducerNetworks {
    let row: [Float]

    func start() {}
    func advance(_ prediction: inout Void, by token: Int) {}
    func withScores<Result>(
        frame: Int, of frames: Void, after prediction: Void, _ body: (UnsafeBufferPointer<Float>) -> Result
    ) -> Result {
        row.withUnsafeBufferPointer(body)
    }
}

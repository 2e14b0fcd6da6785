import Testing

@testable import STTRecognition

/// Phrases are runs of token numbers; a bonus of 1 counts tokens.
@Suite struct TokenBiasTests {
    private static func bias(_ phrases: [Int]...) -> TokenBias {
        TokenBias(phrases.map { TokenBias.Phrase($0, bonus: 1) })
    }

    /// What a run of tokens adds to the score, the end of the audio included.
    private func gain(_ tokens: [Int], _ bias: TokenBias) -> Float {
        var state = TokenBias.State.start
        var total: Float = 0
        for token in tokens {
            let step = bias.advance(state, by: token)
            total += step.gain
            state = step.state
        }
        return total - bias.refund(of: state)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let phrases: [[Int]]
        let tokens: [Int]
        let gain: Float
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "a whole phrase", phrases: [[1, 2, 3]], tokens: [9, 1, 2, 3, 9], gain: 3),
        Case(name: "a phrase left before its end", phrases: [[1, 2, 3]], tokens: [1, 2, 9], gain: 0),
        Case(name: "the audio ends within a phrase", phrases: [[1, 2, 3]], tokens: [9, 1, 2], gain: 0),
        Case(name: "a phrase twice", phrases: [[1, 2]], tokens: [1, 2, 1, 2], gain: 4),
        Case(name: "a phrase that begins again", phrases: [[1, 1, 2]], tokens: [1, 1, 1, 2], gain: 3),
        Case(
            name: "the end of one is the beginning of another", phrases: [[1, 2, 9], [2, 3]], tokens: [1, 2, 3], gain: 2
        ),
        Case(
            name: "a shorter phrase within a longer one", phrases: [[1, 2], [1, 2, 3, 4]], tokens: [1, 2, 3, 9], gain: 2
        ),
        Case(
            name: "a phrase within the beginning of one that is left", phrases: [[7, 1, 2, 3], [1, 2]],
            tokens: [7, 1, 2, 9], gain: 2),
        Case(name: "no phrase", phrases: [[]], tokens: [1, 2], gain: 0),
    ]

    @Test(arguments: cases) func aHypothesisGainsByWholePhrases(_ expected: Case) {
        let bias = TokenBias(expected.phrases.map { TokenBias.Phrase($0, bonus: 1) })
        #expect(gain(expected.tokens, bias) == expected.gain)
    }

    @Test func tokensThatGoOnWithAPhraseAreFavoured() {
        let bias = Self.bias([1, 2, 3], [2, 5])
        let state = bias.advance(bias.advance(.start, by: 1).state, by: 2).state
        var favoured: [Int] = []
        bias.forEachFavoured(after: state) { token, bonus in
            favoured.append(token)
            #expect(bonus == 1)
        }
        #expect(favoured == [3, 5, 1, 2])
    }

    @Test func theHigherOfTwoBonusesCounts() {
        let bias = TokenBias([TokenBias.Phrase([1, 2], bonus: 1), TokenBias.Phrase([1, 3], bonus: 2)])
        #expect(gain([1, 3], bias) == 4)
        #expect(gain([1, 2], bias) == 3)
    }
}

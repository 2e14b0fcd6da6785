import TestSupport
import Testing

@testable import STTRecognition

/// Tokens are letters with their own numbers as scalars; 0 is the word mark. A boost of 1 counts phrases.
@Suite struct TokenBiasTests {
    private static let symbols = (0..<10).map { [UInt32($0)] }

    private static func bias(_ phrases: [[UInt32]], boost: Float = 1) -> TokenBias? {
        TokenBias(phrases.map { TokenBias.Phrase($0, boost: boost) }, symbols: symbols, mark: 0)
    }

    /// What a run of tokens earns, from a fresh start.
    private func earned(_ tokens: [Int], _ bias: TokenBias) -> Float {
        var trace = BiasTrace(bias)
        for token in tokens { trace.advance(by: token) }
        return trace.earned
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let phrases: [[UInt32]]
        let tokens: [Int]
        let earned: Float
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "a whole phrase", phrases: [[1, 2, 3]], tokens: [9, 1, 2, 3, 9], earned: 1),
        Case(name: "a phrase left before its end", phrases: [[1, 2, 3]], tokens: [1, 2, 9], earned: 0),
        Case(name: "the audio ends within a phrase", phrases: [[1, 2, 3]], tokens: [9, 1, 2], earned: 0),
        Case(name: "a phrase twice", phrases: [[1, 2]], tokens: [1, 2, 1, 2], earned: 2),
        Case(name: "a phrase that begins again", phrases: [[1, 1, 2]], tokens: [1, 1, 1, 2], earned: 1),
        Case(
            name: "the end of one is the beginning of another", phrases: [[1, 2, 9], [2, 3]], tokens: [1, 2, 3],
            earned: 1),
        Case(
            name: "a shorter phrase within a longer one", phrases: [[1, 2], [1, 2, 3, 4]], tokens: [1, 2, 3, 9],
            earned: 1),
        Case(
            name: "a phrase within the beginning of one that is left", phrases: [[7, 1, 2, 3], [1, 2]],
            tokens: [7, 1, 2, 9], earned: 1),
        Case(name: "a phrase at the end of another", phrases: [[7, 1, 2], [1, 2]], tokens: [7, 1, 2], earned: 2),
        Case(name: "the same phrase given twice", phrases: [[1, 2], [1, 2]], tokens: [1, 2], earned: 1),
        Case(name: "a phrase at the beginning of the window", phrases: [[0, 1, 2]], tokens: [1, 2], earned: 1),
        Case(name: "a phrase within a word", phrases: [[0, 1, 2]], tokens: [3, 1, 2], earned: 0),
    ]

    @Test(arguments: cases) func wholePhrasesEarnTheirBoost(_ expected: Case) throws {
        let bias = try #require(Self.bias(expected.phrases))
        #expect(earned(expected.tokens, bias) == expected.earned)
    }

    /// Every occurrence counted by looking for it, in random texts of three letters and the mark.
    @Test func theAutomatonFindsWhatALookAtEveryPlaceFinds() throws {
        var random = SeededRandom(7)
        for round in 0..<300 {
            let phrases = (0..<random.within(1...8)).map { _ in
                (0..<random.within(1...5)).map { _ in UInt32(random.within(0...3)) }
            }
            let boosts = phrases.map { _ in Float(random.within(1...9)) }
            let tokens = (0..<40).map { _ in random.within(0...3) }
            let bias = try #require(
                TokenBias(
                    zip(phrases, boosts).map { TokenBias.Phrase($0, boost: $1) }, symbols: Self.symbols, mark: 0))
            var highest: [[UInt32]: Float] = [:]
            for (phrase, boost) in zip(phrases, boosts) { highest[phrase] = max(highest[phrase] ?? 0, boost) }
            // The window begins where a word does, but the mark before it was not written.
            let text = [0] + tokens.map { UInt32($0) }
            var expected: Float = 0
            for (phrase, boost) in highest {
                for end in 2...text.count where text[..<end].suffix(phrase.count).elementsEqual(phrase) {
                    expected += boost
                }
            }
            #expect(earned(tokens, bias) == expected, "round \(round)")
        }
    }

    /// However a text is divided into tokens, its letters lead to the same state.
    @Test func piecesAndLettersAreTheSame() throws {
        let pieces: [[UInt32]] = [[0], [1], [2], [3], [0, 1], [2, 3], [1, 2, 3], [9]]
        let bias = try #require(
            TokenBias([TokenBias.Phrase([0, 1, 2, 3], boost: 5)], symbols: pieces, mark: 0))
        for tokens in [[0, 1, 2, 3], [4, 5], [0, 6], [4, 2, 3], [6], [5, 0, 6]] {
            #expect(earned(tokens, bias) == 5, "\(tokens)")
        }
        #expect(earned([4, 3, 2], bias) == 0)
    }

    /// Contract case 74: phrases of 1, 3 and 9 letters.
    @Test(arguments: [1, 3, 9]) func aPhraseIsLentItsBoostLetterByLetter(count: Int) throws {
        let phrase = [0] + (1...9).prefix(count).map { UInt32($0) }
        let bias = try #require(Self.bias([phrase], boost: 6))
        var trace = BiasTrace(bias)
        #expect(trace.gain == 0)
        for letter in 1...count {
            #expect(abs(trace.gain - 6 * Float(letter - 1) / Float(count)) < 1e-5)
            trace.advance(by: letter)
        }
        #expect(trace.gain == 6 && trace.earned == 6)
    }

    /// Contract cases 65 and 75.
    @Test func theWordMarkIsLentNothingAndWhatIsLentIsTakenBack() throws {
        let bias = try #require(Self.bias([[0, 1, 2, 3, 4]], boost: 4))
        var trace = BiasTrace(bias)
        trace.advance(by: 9)
        trace.advance(by: 0)
        #expect(trace.gain == 0)
        trace.advance(by: 1)
        trace.advance(by: 2)
        #expect(trace.gain == 2)
        trace.advance(by: 9)
        #expect(trace.gain == 0 && trace.ahead == 0)
    }

    /// Contract cases 54, 55 and 61.
    @Test func withoutAUsablePhraseThereIsNoBias() throws {
        #expect(Self.bias([]) == nil)
        #expect(Self.bias([[]]) == nil)
        #expect(Self.bias([[1, 2]], boost: 0) == nil)
        #expect(Self.bias([[1, 2]], boost: -1) == nil)
        #expect(Self.bias([[1, 2]], boost: .nan) == nil)
        let bias = try #require(Self.bias([[1, 2]]))
        #expect(earned([99, -1, 1, 2], bias) == 1)
    }
}

import TestSupport
import Testing

@testable import STTRecognition

/// Contract cases 82–85. Tokens are letters with their own numbers; the mark is a scalar that no token has.
@Suite struct PhraseCTCTests {
    private static func search(_ rows: [[Float]], _ phrases: [[UInt32]], boost: Float) throws -> Hypothesis {
        let count = rows.first?.count ?? 0
        let bias = try #require(
            TokenBias(
                phrases.map { TokenBias.Phrase($0, boost: boost) },
                symbols: (0..<count).map { $0 == count - 1 ? [] : [UInt32($0)] }, mark: 99))
        return rows.flatMap(\.self).withUnsafeBufferPointer {
            PhraseCTC(blank: count - 1, vocabularySize: count, bias: bias).search($0, frameCount: rows.count)
        }
    }

    private static func greedy(_ rows: [[Float]]) -> Hypothesis {
        let count = rows.first?.count ?? 0
        return rows.flatMap(\.self).withUnsafeBufferPointer {
            GreedyCTC(blank: count - 1, vocabularySize: count).search($0, frameCount: rows.count)
        }
    }

    /// Rows in which a token wins by so much.
    private static func rows(_ best: [Int], tokenCount: Int = 4, by lead: Float) -> [[Float]] {
        best.map { winner in (0..<tokenCount).map { $0 == winner ? lead : 0 } }
    }

    @Test(arguments: [[0, 0, 2, 1], [0, 0, 2, 0], [1, 2, 2, 1, 0], [2, 2, 2]])
    func phrasesThatAreNotHeardChangeNothing(best: [Int]) throws {
        let rows = Self.rows(best, tokenCount: 3, by: 1)
        let (plain, found) = (Self.greedy(rows), try Self.search(rows, [[77, 78]], boost: 50))
        #expect(found.tokens.map(\.id) == plain.tokens.map(\.id))
        #expect(found.tokens.map(\.frame) == plain.tokens.map(\.frame))
    }

    @Test func aLetterHeardWronglyIsWrittenAsThePhraseHasIt() throws {
        let rows: [[Float]] = [[5, 0, 0, 0], [0, 4.6, 5, 0]]
        #expect(try Self.search(rows, [[0, 1]], boost: 3).tokens.map(\.id) == [0, 1])
        #expect(try Self.search(rows, [[0, 1]], boost: 0.3).tokens.map(\.id) == [0, 2])
        #expect(try Self.search(rows, [[7, 8]], boost: 3).tokens.map(\.id) == [0, 2])
        // Decided within the audio as well.
        let long = rows + Self.rows(Array(repeating: 3, count: 20), by: 5)
        #expect(try Self.search(long, [[0, 1]], boost: 3).tokens.map(\.id) == [0, 1])
    }

    @Test func aPhraseThatIsLeftChangesNothing() throws {
        let rows = Self.rows([0, 2, 1, 2, 0], tokenCount: 3, by: 4)
        #expect(try Self.search(rows, [[0, 1, 1, 1]], boost: 8).tokens == Self.greedy(rows).tokens)
    }

    @Test func aTokenThatThereIsNotIsNoneOfThePhrase() throws {
        #expect(
            try Self.search(Self.rows([0, 1], tokenCount: 3, by: 4), [[0, 250]], boost: 5).tokens.map(\.id) == [0, 1])
    }

    /// A letter twice in a row needs a blank between, which costs as much as it is unlikely.
    @Test func aDoubleLetterNeedsABlankBetween() throws {
        let rows = Self.rows([0, 1, 1, 1, 3], by: 2)
        #expect(try Self.search(rows, [[0, 1, 1]], boost: 5).tokens.map(\.id) == [0, 1, 1])
        #expect(try Self.search(rows, [[0, 1, 1]], boost: 1).tokens.map(\.id) == [0, 1])
    }

    @Test func aChangedTextEarnsMoreThanItCosts() throws {
        var changedCount = 0
        for seed in 0..<UInt64(200) {
            var random = SeededRandom(seed)
            let rows = (0..<12).map { _ in (0..<5).map { _ in random.within(Float(-2)...2) } }
            let phrase = (0..<3).map { _ in UInt32(random.within(0...3)) }
            let (plain, found) = (Self.greedy(rows), try Self.search(rows, [phrase], boost: 5))
            guard found.tokens.map(\.id) != plain.tokens.map(\.id) else { continue }
            changedCount += 1
            #expect(Self.count(phrase, in: found) > Self.count(phrase, in: plain), "seed \(seed)")
        }
        #expect(changedCount > 20)
    }

    private static func count(_ phrase: [UInt32], in hypothesis: Hypothesis) -> Int {
        let text = hypothesis.tokens.map { UInt32($0.id) }
        return (0...text.count).count { text[..<$0].suffix(phrase.count).elementsEqual(phrase) }
    }
}

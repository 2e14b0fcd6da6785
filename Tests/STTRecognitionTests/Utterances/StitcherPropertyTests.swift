import STTRecognition
import STTValues
import TestSupport
import Testing

@Suite struct StitcherPropertyTests {
    /// Words in order, 60 to 500 ms long, from a vocabulary so small that words repeat.
    private func words(_ random: inout SeededRandom, until end: Double) -> [Word] {
        var words: [Word] = []
        var frame = 0
        while Double(frame) * 0.04 < end {
            let length = random.within(0...10)
            words.append(
                Word(
                    text: ["да", "нет", "и", "вот", "так"].randomElement(using: &random) ?? "да",
                    start: Double(frame) * 0.04, end: Double(frame + length) * 0.04, confidence: 1))
            // Starts of neighbours are at least 280 ms apart.
            frame += max(length + random.within(1...8), 7)
        }
        return words
    }

    /// As another window hears it: up to two frames earlier or later.
    private func heard(_ words: [Word], _ random: inout SeededRandom) -> [Word] {
        words.map { word in
            let shift = Double(random.within(-1...1)) * 0.04
            var word = word
            word.start += shift
            word.end += shift
            return word
        }
    }

    @Test func withoutCutsWordsPassUnchanged() {
        for seed in 0..<100 {
            var random = SeededRandom(UInt64(seed))
            var stitcher = Stitcher()
            for _ in 0..<3 {
                let words = words(&random, until: 20)
                #expect(stitcher.join(words, continues: Bool.random(using: &random), nextCut: nil) == words)
            }
        }
    }

    @Test func aCutAnywhereNeitherLosesNorDoublesAWord() {
        for seed in 0..<2000 {
            var random = SeededRandom(UInt64(seed))
            let truth = words(&random, until: 12)
            let cut = Double(random.within(100...200)) * 0.04
            let first = heard(truth.filter { $0.end < cut + 0.9 }, &random)
            let second = heard(truth.filter { $0.start > cut - 0.9 }, &random)
            var stitcher = Stitcher()
            let joined =
                stitcher.join(first, continues: false, nextCut: cut)
                + stitcher.join(second, continues: true, nextCut: nil)
            let isRight = joined.map(\.text) == truth.map(\.text)
            #expect(isRight, "seed \(seed)")
        }
    }

    @Test func wordsInOrderStayInOrder() {
        for seed in 0..<2000 {
            var random = SeededRandom(UInt64(seed))
            let cut = Double(random.within(25...75)) * 0.04
            let first = words(&random, until: cut + 1)
            let second = words(&random, until: cut + 3).filter { $0.start > cut - 1 }
            var stitcher = Stitcher()
            let joined =
                stitcher.join(first, continues: false, nextCut: cut)
                + stitcher.join(second, continues: true, nextCut: nil)
            let isInOrder =
                zip(joined, joined.dropFirst()).allSatisfy { $0.start <= $1.start }
                && joined.allSatisfy { $0.start <= $0.end }
            #expect(isInOrder, "seed \(seed)")
        }
    }
}

import STTValues
import Testing

@testable import STTRecognition

/// Windows of loud and quiet frames; a frame is 10 ms, the first one is frame 400 of the stream.
@Suite struct SpokenEndsTests {
    private func window(_ runs: [(frames: Int, level: Float)]) -> FeatureWindow {
        FeatureWindow(
            values: runs.flatMap { Array(repeating: $0.level, count: $0.frames * ModelGeometry.gigaAM.bandCount) })
    }

    private func ends(_ words: [Word], _ runs: [(frames: Int, level: Float)]) -> [Double] {
        var words = words
        SpokenEnds.move(&words, in: window(runs), firstFrame: 400, .gigaAM)
        return words.map { ($0.end * 100).rounded() / 100 }
    }

    @Test func aWordEndsWhereItsSoundEnds() {
        #expect(ends([Word("a", 4.2, 4.4)], [(10, -12), (60, 0), (60, -12)]) == [4.7])
    }

    @Test func aWordGoesOnToTheNextOne() {
        #expect(ends([Word("a", 4.2, 4.4), Word("b", 4.72, 5)], [(10, -12), (110, 0), (60, -12)]) == [4.72, 5.2])
    }

    @Test func aShortGapIsPartOfAWord() {
        #expect(ends([Word("a", 4.2, 4.4)], [(10, -12), (40, 0), (6, -12), (14, 0), (60, -12)]) == [4.7])
    }

    @Test func aPauseBetweenWordsIsPartOfNeither() {
        let words = [Word("a", 4.2, 4.4), Word("b", 5.2, 5.4)]
        #expect(ends(words, [(10, -12), (40, 0), (60, -12), (40, 0), (60, -12)]) == [4.5, 5.5])
    }

    @Test func noiseBehindAWordIsNotAllOfIt() {
        #expect(ends([Word("a", 4.2, 4.4)], [(10, -12), (300, 0), (30, -12)]) == [4.9])
    }

    @Test func anEndIsNeverBeforeTheLastToken() {
        #expect(ends([Word("a", 4.2, 4.8)], [(10, -12), (40, 0), (60, -12)]) == [4.8])
        // Outside of the window nothing is known.
        #expect(ends([Word("a", 3, 3.2), Word("b", 9, 9.2)], [(10, -12), (40, 0)]) == [3.2, 9.2])
        #expect(ends([], [(10, 0)]).isEmpty)
        #expect(ends([Word("a", 4, 4)], []) == [4])
    }
}

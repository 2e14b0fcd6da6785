import Testing

@testable import STTRecognition

@Suite struct QuietPointTests {
    /// Levels of −20 dB with a row of quieter frames in it.
    private func levels(_ count: Int, quiet: Range<Int>, at level: Float = -60) -> [Float] {
        (0..<count).map { quiet.contains($0) ? level : -20 }
    }

    @Test(arguments: [(100..<108, 104), (20..<28, 24), (60..<68, 64)])
    func theMiddleOfEightyQuietMillisecondsIsFound(quiet: Range<Int>, frame: Int) {
        let levels = levels(200, quiet: quiet)
        #expect(QuietPoint.quietest(levels, in: 10..<190, from: 0) == frame)
        #expect(QuietPoint.quietest(levels, in: 1010..<1190, from: 1000) == frame + 1000)
    }

    @Test func theLaterOfEqualPointsIsTaken() {
        #expect(QuietPoint.quietest(levels(200, quiet: 0..<0), in: 10..<100, from: 0) == 99)
        let twoGaps = levels(100, quiet: 20..<30) + levels(100, quiet: 20..<30)
        #expect(QuietPoint.quietest(twoGaps, in: 10..<190, from: 0) == 126)
    }

    @Test func aLongGapGoesBeforeADeeperPlosive() {
        var levels = levels(200, quiet: 100..<120, at: -50)
        levels[50] = -90
        #expect((104...116).contains(QuietPoint.quietest(levels, in: 10..<190, from: 0)))
    }

    @Test func framesWithoutLevelsOnBothSidesDoNotCount() {
        // Only frames 4 … 12 have all of their neighbours.
        #expect(QuietPoint.quietest(levels(16, quiet: 12..<16), in: 0..<40, from: 0) == 12)
        #expect(QuietPoint.quietest([], in: 5..<9, from: 0) == 5)
        #expect(QuietPoint.quietest(levels(16, quiet: 0..<0), in: 100..<110, from: 0) == 100)
    }
}

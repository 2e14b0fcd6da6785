import STTValues
import Testing

@testable import STTRecognition

/// Utterances that grow long: from 20 s on they are cut in a short pause, at 24 s at the quietest point.
@Suite struct SegmenterLengthTests {
    /// 1990 frames, then a pause: its 16th frame is 2005, and the middle of the 16 is 1997, on the grid 1996.
    @Test func fromTheSoftLimitOnAnUtteranceIsCutInAShortPause() {
        var track = Track()
        track.speech(1990)
        track.silence(16)
        track.speech(200)
        track.finish()
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)],
                // 100 frames beyond the cut, which both windows read.
                2095: [.closed(UtteranceSpan(coverage: 0..<1996, window: 0..<2096, endpoint: .maximumLength))],
                2206: [
                    .closed(
                        UtteranceSpan(
                            coverage: 1996..<2206, window: 1896..<2206, endpoint: .endOfInput, continues: true))
                ],
            ])
    }

    @Test func aPauseThatGoesOnEndsAnUtteranceBySilence() {
        var track = Track()
        track.speech(1990)
        track.silence(60)
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)], 2023: [.speculate(window: 0..<2024)],
                2039: [.closed(UtteranceSpan(coverage: 0..<2024, window: 0..<2024, endpoint: .silence))],
            ])
    }

    /// A longer silence than the overlap would end the utterance.
    @Test func aReadyWindowIsTheOneThatTheSoftLimitCloses() {
        var track = Track(SegmentationRules().withTrailingSilence(150))
        track.speech(1990)
        track.silence(120)
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)], 2023: [.speculate(window: 0..<2024)],
                2095: [.closed(UtteranceSpan(coverage: 0..<2024, window: 0..<2024, endpoint: .maximumLength))],
            ])
    }

    @Test func aPauseTooLateForTheOverlapLeavesTheCutToTheLongestWindow() {
        var track = Track()
        track.speech(2310)
        track.silence(20)
        track.speech(70)
        let spans = track.spans
        #expect(spans.map(\.window) == [0..<2400] && spans.allSatisfy { $0.coverage.upperBound < 2300 })
    }

    @Test func beforeTheSoftLimitAShortPauseEndsNothing() {
        var track = Track()
        track.speech(1900)
        track.silence(16)
        track.speech(200)
        #expect(track.log == [2: [.opened(windowStart: 0)]])
    }

    @Test func pausesThatAreTooShortDoNotCount() {
        var track = Track()
        track.speech(2000)
        for _ in 0..<10 {
            track.silence(15)
            track.speech(5)
        }
        #expect(track.log == [2: [.opened(windowStart: 0)]])
    }

    @Test func speechWithoutAPauseIsCutAtItsQuietestPoint() {
        var track = Track()
        track.speech(2096)
        track.append(8, activity: 1, level: -60)
        track.speech(396)
        track.finish()
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)],
                2399: [.closed(UtteranceSpan(coverage: 0..<2100, window: 0..<2400, endpoint: .maximumLength))],
                2500: [
                    .closed(
                        UtteranceSpan(
                            coverage: 2100..<2500, window: 2000..<2500, endpoint: .endOfInput, continues: true))
                ],
            ])
    }

    @Test func withoutAQuietPointTheCutIsAsLateAsItCanBe() {
        var track = Track()
        track.speech(2400)
        #expect(
            track.log[2399] == [
                .closed(UtteranceSpan(coverage: 0..<2296, window: 0..<2400, endpoint: .maximumLength))
            ])
        #expect(track.segmenter.openWindow == 2196..<2400)
    }

    @Test(arguments: [1899, 1850, 2300, 2350]) func quietPointsOutsideTheSearchAreNotTaken(quiet: Int) {
        var track = Track()
        track.speech(quiet)
        track.append(1, activity: 1, level: -90)
        track.speech(2400 - quiet - 1)
        track.append(100, activity: 1)
        let spans = track.spans
        #expect(spans.count == 1)
        #expect(spans.first.map { (1900..<2300).contains($0.coverage.upperBound) } == true)
    }

    /// After a flush the next window may begin up to three frames before its first known frame.
    @Test(arguments: [100, 101, 102, 103]) func theQuietPointIsFoundExactlyAfterAFlush(flush: Int) {
        var track = Track()
        track.speech(flush)
        track.flush()
        track.speech(2196 - flush)
        track.append(8, activity: 1, level: -60)
        track.speech(400)
        #expect(
            track.log[2499] == [
                .closed(
                    UtteranceSpan(coverage: flush..<2200, window: 100..<2500, endpoint: .maximumLength))
            ])
    }

    @Test func theQuietPointIsFoundExactlyAfterACut() {
        var track = Track()
        track.speech(2400)
        // The second window is 2196 ..< 4596; its search covers 4096 ..< 4496.
        track.speech(1796)
        track.append(8, activity: 1, level: -60)
        track.speech(500)
        #expect(
            track.log[4595] == [
                .closed(
                    UtteranceSpan(
                        coverage: 2296..<4200, window: 2196..<4596, endpoint: .maximumLength, continues: true))
            ])
    }

    @Test func aPauseAfterACutEndsTheRest() {
        var track = Track()
        track.speech(2400)
        track.silence(60)
        #expect(
            track.log[2449] == [
                .closed(
                    UtteranceSpan(coverage: 2296..<2432, window: 2196..<2432, endpoint: .silence, continues: true))
            ])
        track.speech(100)
        track.silence(60)
        #expect(track.spans.last?.continues == false)
    }
}

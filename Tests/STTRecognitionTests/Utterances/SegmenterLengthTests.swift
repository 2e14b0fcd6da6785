import STTValues
import Testing

@testable import STTRecognition

/// Utterances that grow long: a short pause ends them from 20 s on, a cut at the quietest point at 24 s.
@Suite struct SegmenterLengthTests {
    @Test func fromTheSoftLimitOnAShortPauseEndsAnUtterance() {
        var track = Track()
        track.speech(1990)
        track.silence(16)
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)],
                // 1990 + 12 of tail, on the grid.
                2005: [.closed(UtteranceSpan(coverage: 0..<2004, window: 0..<2004, endpoint: .maximumLength))],
            ])
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

    /// The pause began before the limit, so the window is being decoded already.
    @Test func aReadyWindowIsTheOneThatTheSoftLimitCloses() {
        var track = Track()
        track.speech(1961)
        track.silence(60)
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)],
                1995: [.ready(window: 0..<1996)],
                1999: [.closed(UtteranceSpan(coverage: 0..<1996, window: 0..<1996, endpoint: .maximumLength))],
            ])
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

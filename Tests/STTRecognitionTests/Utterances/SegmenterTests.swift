import STTValues
import Testing

@testable import STTRecognition

/// Frames are 10 ms. By default: onset 3 frames, pre-roll 30, tail 32, trailing silence 50, windows on multiples of 4.
@Suite struct SegmenterTests {
    @Test func anUtteranceIsOpenedReadyAndClosed() {
        var track = Track()
        track.silence(100)
        track.speech(100)
        track.silence(100)
        track.finish()
        #expect(
            track.log == [
                102: [.opened(windowStart: 68)],
                231: [.speculate(window: 68..<232)],
                249: [.closed(UtteranceSpan(coverage: 0..<232, window: 68..<232, endpoint: .silence))],
                300: [.closed(UtteranceSpan(coverage: 232..<300, window: nil, endpoint: .endOfInput))],
            ])
    }

    @Test(arguments: [
        (0, 0), (30, 0), (33, 0), (34, 4), (37, 4), (38, 8), (131, 100),
    ])
    func theWindowBeginsBeforeTheSpeechOnTheGrid(firstSpeech: Int, windowStart: Int) {
        var track = Track()
        track.silence(firstSpeech)
        track.speech(3)
        #expect(track.log == [firstSpeech + 2: [.opened(windowStart: windowStart)]])
    }

    @Test func shortBlipsAreNoSpeech() {
        var track = Track()
        for _ in 0..<50 {
            track.speech(2)
            track.silence(1)
        }
        track.finish()
        #expect(
            track.log == [150: [.closed(UtteranceSpan(coverage: 0..<150, window: nil, endpoint: .endOfInput))]])
    }

    @Test(arguments: [(Float(0.5), true), (0.49, false), (.nan, false), (.infinity, true), (-1, false)])
    func speechBeginsAtTheUpperThreshold(activity: Float, begins: Bool) {
        var track = Track()
        track.append(3, activity: activity)
        #expect((track.segmenter.openWindow != nil) == begins)
    }

    @Test(arguments: [(Float(0.35), false), (0.34, true), (.nan, true)])
    func speechGoesOnDownToTheLowerThreshold(activity: Float, ends: Bool) {
        var track = Track()
        track.speech(40)
        track.append(200, activity: activity)
        #expect((track.segmenter.openWindow == nil) == ends)
    }

    @Test func speechAfterTheTailTakesTheReadinessBack() {
        var track = Track()
        track.speech(100)
        track.silence(40)
        track.append(20, activity: 0.4)
        track.silence(60)
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)],
                131: [.speculate(window: 0..<132)],
                140: [.speechResumed],
                191: [.speculate(window: 0..<192)],
                209: [.closed(UtteranceSpan(coverage: 0..<192, window: 0..<192, endpoint: .silence))],
            ])
    }

    /// The tail shrinks with the silence, down to 8 frames: 12 are left to decode it in before the utterance is over.
    @Test(arguments: [
        (50, 132, 131), (44, 132, 131), (40, 128, 127), (36, 124, 123), (30, 120, 119), (20, 108, 107), (16, 108, 107),
        (12, 108, 107), (10, 108, 107), (8, 104, 103), (1, 104, 103),
    ])
    func theTailFitsIntoTheSilence(silence: Int, end: Int, readyAt: Int) {
        var track = Track(SegmentationRules().withTrailingSilence(silence))
        track.speech(100)
        track.silence(100)
        let closedAt = 99 + max(silence, 8)
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)],
                readyAt: [.speculate(window: 0..<end)],
                closedAt: [.closed(UtteranceSpan(coverage: 0..<end, window: 0..<end, endpoint: .silence))],
            ])
    }

    /// The end of the audio does not make another window of what is being decoded ahead.
    @Test func theEndOfTheInputTakesTheWindowThatIsReady() {
        var track = Track(SegmentationRules().withTrailingSilence(20))
        track.speech(100)
        track.silence(15)
        track.finish()
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)],
                107: [.speculate(window: 0..<108)],
                115: [.closed(UtteranceSpan(coverage: 0..<115, window: 0..<108, endpoint: .endOfInput))],
            ])
    }

    @Test func theNextWindowDoesNotReachIntoTheLastOne() {
        var track = Track()
        track.speech(100)
        track.silence(50)
        track.speech(10)
        track.silence(50)
        // Pre-roll would begin at frame 120; the first utterance ended at 132.
        #expect(track.log[152] == [.opened(windowStart: 132)])
        #expect(
            track.log[209] == [
                .closed(UtteranceSpan(coverage: 132..<192, window: 132..<192, endpoint: .silence))
            ])
    }

    // MARK: The caller ends it

    @Test func aFlushEndsSpeechWhereItIs() {
        var track = Track()
        track.speech(101)
        track.flush()
        #expect(track.segmenter.openWindow == nil)
        track.speech(5)
        #expect(
            track.log == [
                2: [.opened(windowStart: 0)],
                101: [.closed(UtteranceSpan(coverage: 0..<101, window: 0..<101, endpoint: .flush))],
                103: [.opened(windowStart: 100)],
            ])
    }

    @Test func aFlushInSilenceDoesNothing() {
        var track = Track()
        track.flush()
        track.silence(20)
        track.flush()
        #expect(track.log.isEmpty)
    }

    @Test func withoutTrailingSilenceOnlyTheCallerEndsAnUtterance() {
        var track = Track(SegmentationRules().withTrailingSilence(nil))
        track.speech(100)
        track.silence(1899)
        #expect(track.log == [2: [.opened(windowStart: 0)]])
        // … or the length of the window, which ends with its tail: 132 = 100 + 32.
        track.silence(1)
        #expect(
            track.log[1999] == [
                .closed(UtteranceSpan(coverage: 0..<132, window: 0..<132, endpoint: .maximumLength))
            ])
    }

    @Test(arguments: [(20, 120), (32, 132), (45, 132)])
    func theEndOfTheInputEndsAnUtteranceAfterItsTail(silence: Int, windowEnd: Int) {
        var track = Track()
        track.speech(100)
        track.silence(silence)
        track.finish()
        #expect(
            track.log[100 + silence]?.last
                == .closed(
                    UtteranceSpan(coverage: 0..<100 + silence, window: 0..<windowEnd, endpoint: .endOfInput)))
    }

    @Test func anEmptyRecordingIsOneEmptyUtterance() {
        var track = Track()
        track.finish()
        #expect(track.log == [0: [.closed(UtteranceSpan(coverage: 0..<0, window: nil, endpoint: .endOfInput))]])
    }

    @Test func theOpenWindowGrowsFrameByFrame() {
        var track = Track()
        #expect(track.segmenter.openWindow == nil)
        track.silence(100)
        track.speech(3)
        #expect(track.segmenter.openWindow == 68..<103)
        track.silence(7)
        #expect(track.segmenter.openWindow == 68..<110)
    }

    @Test func whatMayStillBeAskedForIsBounded() {
        var track = Track()
        for _ in 0..<1000 {
            track.silence(1)
            #expect(track.frameCount - track.segmenter.retainedFrom <= 36)
        }
        track.speech(3)
        #expect(track.segmenter.retainedFrom == 968)
    }
}

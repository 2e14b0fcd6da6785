import STTValues
import Testing

@testable import STTRecognition

/// Where it is never quiet, the decoder is asked. Activity from frame 100 on opens a window at 68, which is probed when
/// 300 frames are behind its start without a short silence: at 369.
@Suite struct UtteranceMachineProbeTests {
    private let rules = {
        var rules = SegmentationRules()
        rules.probing = SegmentationRules.Probing()
        return rules
    }()

    private func stage(activity count: Int, partials: PartialPolicy? = nil) -> Stage {
        var stage = Stage(rules, partials: partials)
        stage.silence(100)
        stage.speech(count)
        return stage
    }

    /// A word whose last token is at this frame.
    private func word(_ text: String = "a", at frame: Int) -> [Word] {
        [Word(text, Double(frame - 20) / 100, Double(frame) / 100)]
    }

    @Test func theDecoderIsAskedAfterThreeSecondsWithoutASilence() {
        #expect(stage(activity: 268).asked.isEmpty)
        let asked = stage(activity: 269).asked
        #expect(asked.map(\.request.purpose) == [.probe])
        #expect(asked.map(\.request.frames) == [68..<369])
    }

    @Test func framesWaitForTheAnswer() {
        var stage = stage(activity: 269)
        #expect(stage.machine.heldFrameCount == 0)
        stage.speech(70)
        #expect(stage.machine.heldFrameCount == 70)
        stage.answer(.probe, word(at: 360))
        #expect(stage.machine.heldFrameCount == 0)
        #expect(stage.finals.isEmpty)
    }

    @Test func wordsToTheEndMeanSpeechAndTheNextProbeComesAStrideLater() {
        var stage = stage(activity: 269)
        stage.answer(.probe, word(at: 310))
        #expect(stage.story == ["start 1.03"])
        stage.speech(149)
        #expect(stage.asked.count == 1)
        stage.speech(1)
        #expect(stage.asked(.probe).map(\.request.frames) == [68..<369, 216..<519])
    }

    @Test func aRunWithoutWordsEndsTheUtterance() {
        var stage = stage(activity: 269)
        // 369 − 309 = 60 frames without a token; the window ends 32 frames behind it, on the grid.
        stage.answer(.probe, word(at: 309))
        #expect(stage.waiting.map(\.frames) == [68..<344])
        stage.answer(.final, word(at: 309))
        // Noise goes on behind it.
        #expect(stage.story == ["start 1.03", "stop 3.44", "final blankRun: a", "start 3.69"])
    }

    @Test func noiseWithoutWordsMovesTheStartOfTheWindow() {
        var stage = stage(activity: 269)
        stage.answer(.probe, [])
        stage.speech(20)
        stage.flush(1)
        // 369 − 100 frames of overlap, on the grid.
        #expect(stage.waiting.map(\.frames) == [268..<389])
        stage.answer(.final, word(at: 380))
        #expect(stage.finals.map(\.start) == [0])
    }

    /// Words, 100 ms of quiet, then steady noise: the probe does not read the words.
    @Test func wordsBeforeNoiseAreInTheFinal() {
        var stage = stage(activity: 250)
        stage.silence(10)
        stage.speech(300)
        #expect(stage.waiting.map(\.frames) == [360..<660])
        stage.answer(.probe, [])
        #expect(stage.waiting.map(\.frames) == [68..<460])
        stage.answer(.final, word(at: 300))
        #expect(stage.story == ["start 1.03", "stop 4.6", "final blankRun: a", "start 6.6"])
    }

    @Test func aProbeWithoutAnAnswerChangesNothing() throws {
        var stage = stage(activity: 269)
        stage.answer(try #require(stage.request(.probe)).id, .skipped)
        stage.speech(20)
        stage.flush(1)
        #expect(stage.waiting.map(\.frames) == [68..<389])
    }

    @Test func aFlushWaitsForTheAnswer() {
        var stage = stage(activity: 269)
        stage.speech(10)
        stage.flush(1)
        stage.flush(2)
        #expect(stage.story == ["start 1.03"])
        #expect(stage.machine.pendingEventCount == 2)
        stage.answer(.probe, word(at: 360))
        #expect(stage.waiting.map(\.frames) == [68..<379])
        stage.answer(.final, word(at: 360))
        #expect(stage.story.suffix(4) == ["stop 3.79", "final flush: a", "flushed 1", "flushed 2"])
    }

    @Test func theEndWaitsForTheAnswer() {
        var stage = stage(activity: 269)
        stage.silence(10)
        stage.finish()
        #expect(stage.finals.isEmpty)
        stage.answer(.probe, word(at: 300))
        #expect(stage.waiting.map(\.frames) == [68..<336, 336..<379])
        stage.answer(stage.waiting[0].id, .words(word(at: 300)))
        stage.answer(.final, word("b", at: 370))
        #expect(stage.finals.map(\.text) == ["a", "b"])
        #expect(stage.finals.map(\.endpoint) == [.blankRun, .endOfInput])
    }

    @Test(arguments: [1, 40, 99]) func theAnswerCountsForTheSameFramesWhenItIsLate(delay: Int) {
        var prompt = stage(activity: 269)
        prompt.answer(.probe, word(at: 305))
        prompt.speech(120)
        prompt.flush(1)
        var late = stage(activity: 269)
        late.speech(delay)
        late.answer(.probe, word(at: 305))
        late.speech(120 - delay)
        late.flush(1)
        #expect(late.asked.map(\.request.frames) == prompt.asked.map(\.request.frames))
        #expect(late.asked.count == 3)
    }

    @Test func aShortSilenceMakesAProbeUnnecessary() {
        var stage = Stage(rules, partials: nil)
        stage.silence(100)
        for _ in 0..<5 {
            stage.speech(200)
            stage.silence(6)
        }
        #expect(stage.asked(.probe).isEmpty)
    }
}

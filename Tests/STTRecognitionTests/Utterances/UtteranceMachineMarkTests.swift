import STTValues
import Testing

@testable import STTRecognition

/// Flushes and the end of the input.
@Suite struct UtteranceMachineMarkTests {
    private let words = [Word("a", 1.2, 1.4)]

    private func stage(speech: Int = 100, silence: Int = 0, partials: PartialPolicy? = nil) -> Stage {
        var stage = Stage(partials: partials)
        stage.silence(100)
        stage.speech(speech)
        stage.silence(silence)
        return stage
    }

    // MARK: Flush

    @Test func aFlushInSilenceIsOnlyAMark() {
        var stage = stage(speech: 0)
        stage.flush(5)
        #expect(stage.story == ["flushed 5"])
        #expect(stage.asked.isEmpty)
    }

    @Test func aFlushEndsTheUtteranceAndIsMarkedBehindItsFinal() {
        var stage = stage()
        stage.flush(7)
        #expect(stage.waiting.map(\.frames) == [68..<200])
        #expect(stage.story == ["start 1.03", "stop 2.0"])
        stage.answer(.final, words)
        #expect(stage.story == ["start 1.03", "stop 2.0", "final flush: a", "flushed 7"])
    }

    @Test func twoFlushesAreTwoMarksAndOneFinal() {
        var stage = stage()
        stage.flush(1)
        stage.flush(2)
        stage.answer(.final, words)
        #expect(stage.story.suffix(3) == ["final flush: a", "flushed 1", "flushed 2"])
    }

    @Test func speechGoesOnInAnotherUtteranceAfterAFlush() {
        var stage = stage()
        stage.flush(1)
        stage.speech(50)
        stage.flush(2)
        #expect(stage.waiting.map(\.frames) == [68..<200, 200..<250])
        for request in stage.waiting { stage.answer(request.id, .words(words)) }
        #expect(
            stage.story == [
                "start 1.03", "stop 2.0", "final flush: a", "flushed 1", "start 2.03", "stop 2.5", "final flush: a",
                "flushed 2",
            ])
        #expect(stage.finals.map(\.start) == [0, 2])
        #expect(stage.finals.map(\.end) == [2, 2.5])
    }

    @Test func aFlushBehindAnUndecodedUtteranceWaitsForIt() {
        var stage = stage(silence: 80)
        stage.flush(3)
        #expect(stage.story == ["start 1.03", "stop 2.32"])
        stage.answer(.final, words)
        #expect(stage.story.suffix(2) == ["final silence: a", "flushed 3"])
    }

    @Test func whatWaitsForAFinalIsCounted() {
        var stage = stage(silence: 80)
        // The final itself waits.
        #expect(stage.machine.pendingEventCount == 1)
        for number in 0..<10 { stage.flush(number) }
        #expect(stage.machine.pendingEventCount == 11)
        stage.answer(.final, words)
        #expect(stage.machine.pendingEventCount == 0)
    }

    @Test func aFlushDoesNotWaitForALateVoiceActivity() {
        var stage = Stage(partials: nil)
        stage.silence(100)
        stage.take(98, activity: [Float](repeating: 1, count: 90))
        stage.flush(4)
        // The eight frames without an answer count like the last one that has one.
        #expect(stage.waiting.map(\.frames) == [68..<198])
        stage.answer(.final, words)
        #expect(stage.story.suffix(2) == ["final flush: a", "flushed 4"])
        // Their own answers come late and change nothing; the next frames get the next ones.
        stage.take(10, activity: [Float](repeating: 1, count: 8))
        #expect(stage.story.last == "flushed 4")
        stage.take(0, activity: [0, 0, 0, 0, 1, 1])
        #expect(stage.story.last == "flushed 4")
        stage.take(0, activity: [1])
        #expect(stage.story.last == "start 2.05")
    }

    @Test func aFlushIsAPointOfTheAudio() {
        var stage = Stage(partials: nil)
        stage.silence(100)
        stage.take(100, activity: [Float](repeating: 1, count: 100))
        stage.flush(1)
        stage.take(100, activity: [Float](repeating: 1, count: 100))
        stage.flush(2)
        #expect(stage.waiting.map(\.frames) == [68..<200, 200..<300])
    }

    @Test func aFlushAfterTheFinalWasDecodedAheadDecodesToTheFlush() {
        var stage = stage(silence: 40, partials: PartialPolicy())
        stage.flush(1)
        let text = stage.asked(.final).map(\.request.frames)
        #expect(text.first == 68..<232)
        #expect(stage.waiting.count { $0.purpose == .final } == 1)
        stage.answer(.final, words)
        #expect(stage.story.suffix(2) == ["final flush: a", "flushed 1"])
        #expect(stage.finals.map(\.end) == [2.4])
    }

    // MARK: The end of the input

    @Test func theEndOfAnEmptyStreamIsOneEmptyFinal() {
        var stage = Stage()
        stage.finish(extraSamples: 0)
        #expect(stage.finals == [Segment(words: [], start: 0, end: 0, endpoint: .endOfInput)])
    }

    @Test func theLastFinalCoversSamplesThatFillNoFrame() {
        var stage = stage(speech: 0)
        stage.finish(extraSamples: 300)
        // 100 · 160 + 300 samples
        #expect(stage.finals == [Segment(words: [], start: 0, end: 1.01875, endpoint: .endOfInput)])
        #expect(stage.story == ["final endOfInput: "])
    }

    @Test func theEndWithinSpeechDecodesWhatThereIs() {
        var stage = stage()
        stage.finish()
        #expect(stage.waiting.map(\.frames) == [68..<200])
        stage.answer(.final, words)
        #expect(stage.story == ["start 1.03", "stop 2.0", "final endOfInput: a"])
        #expect(stage.finals.map(\.end) == [2.01])
    }

    @Test func theEndWithinTheSilenceTakesTheFinalThatWasDecodedAhead() {
        var stage = stage(silence: 40, partials: PartialPolicy())
        stage.answer(.final, words)
        stage.finish()
        #expect(stage.asked(.final).count == 1)
        #expect(stage.story.suffix(2) == ["stop 2.32", "final endOfInput: a"])
        #expect(stage.finals.map(\.end) == [2.41])
    }

    @Test func theEndAfterAFinalCoversTheRest() {
        var stage = stage(silence: 80)
        stage.finish()
        #expect(stage.finals.isEmpty)
        stage.answer(.final, words)
        #expect(stage.story.suffix(2) == ["final silence: a", "final endOfInput: "])
        #expect(stage.finals.map(\.start) == [0, 2.32])
        #expect(stage.finals.map(\.end) == [2.32, 2.81])
    }

    @Test func theEndDoesNotWaitForALateVoiceActivity() {
        var stage = Stage(partials: nil)
        stage.silence(100)
        stage.take(98, activity: [Float](repeating: 1, count: 90))
        stage.finish()
        #expect(stage.waiting.map(\.frames) == [68..<198])
        stage.answer(.final, words)
        #expect(stage.story.last == "final endOfInput: a")
    }
}

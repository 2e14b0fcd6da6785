import STTValues
import Testing

@testable import STTRecognition

/// With text passes, a final is out when its text is written, in the order of the audio.
@Suite struct UtteranceMachineFinishTests {
    /// Two utterances, whose words have been decoded.
    private func stage() -> Stage {
        var stage = Stage(partials: nil, hasPasses: true)
        for text in ["a", "b"] {
            stage.speech(100)
            stage.silence(60)
            stage.answer(.final, [Word(text, 0, 0.4)])
        }
        return stage
    }

    @Test func aFinalWaitsForItsText() {
        var stage = stage()
        #expect(stage.finals.isEmpty)
        #expect(stage.unfinished.map(\.segment.text) == ["a", "b"])
        #expect(stage.machine.undecodedCount == 2)
        stage.finish(0, text: "A.")
        #expect(stage.finals.map(\.text) == ["A."])
        stage.finish(0, text: "B.")
        #expect(stage.finals.map(\.text) == ["A.", "B."])
        #expect(stage.machine.undecodedCount == 0)
    }

    @Test func textsThatAreWrittenOutOfOrderComeInOrder() {
        var stage = stage()
        stage.finish(1, text: "B.")
        #expect(stage.finals.isEmpty)
        stage.finish(0, text: "A.")
        #expect(stage.finals.map(\.text) == ["A.", "B."])
    }

    @Test func whatHasNoWordsNeedsNoText() {
        var stage = Stage(partials: nil, hasPasses: true)
        stage.silence(50)
        stage.finish()
        #expect(stage.finals.count == 1 && stage.unfinished.isEmpty)
    }

    @Test func aFlushAndTheEndFollowTheirText() {
        var stage = stage()
        stage.flush(4)
        stage.finish()
        #expect(stage.events.count { if case .flushed = $0 { true } else { false } } == 0)
        stage.finish(0, text: "A.")
        stage.finish(0, text: "B.")
        #expect(stage.story.suffix(2) == ["flushed 4", "final endOfInput: "])
    }

    @Test func aTextThatNoLongerWaitsIsDropped() throws {
        var stage = stage()
        let (id, segment) = stage.unfinished[0]
        stage.finish(0, text: "A.")
        var machine = stage.machine
        #expect(machine.finished(id, segment).isEmpty)
    }

    // MARK: Partials

    /// An open utterance with a partial whose text is being written.
    private func open() -> Stage {
        var stage = Stage(hasPasses: true)
        stage.speech(60)
        stage.answer(.partial, [Word("a", 0, 0.05)])
        return stage
    }

    @Test func aPartialIsOutstandingUntilItsTextIsWritten() {
        var stage = Stage(partials: .recording, hasPasses: true)
        stage.speech(40)
        #expect(!stage.machine.isPartialOutstanding)
        stage.speech(20)
        #expect(stage.machine.isPartialOutstanding)
        stage.answer(.partial, [Word("a", 0, 0.05)])
        #expect(stage.machine.isPartialOutstanding)
        stage.finishPartial(0, text: "A,", committed: 1)
        #expect(!stage.machine.isPartialOutstanding)
        // The next one is due after a second, and not before the final in front of it is out.
        stage.speech(40)
        stage.silence(60)
        #expect(!stage.machine.isPartialOutstanding)
        stage.speech(60)
        #expect(stage.machine.isPartialOutstanding && stage.request(.partial) == nil)
        stage.answer(.final, [])
        #expect(stage.machine.isPartialOutstanding && stage.request(.partial) != nil)
        stage.answer(.partial)
        #expect(!stage.machine.isPartialOutstanding && stage.nonsense == [])
    }

    @Test func aPartialWaitsForItsText() {
        var stage = open()
        #expect(stage.partials.isEmpty && stage.unfinishedPartials.map(\.partial.text) == ["a"])
        stage.finishPartial(0, text: "A,", committed: 1)
        #expect(stage.partials.map(\.text) == ["A,"] && stage.partials.first?.committedText == "A")
    }

    @Test func aPartialIsDroppedWhenANewerOneWasDecoded() throws {
        var stage = open()
        stage.speech(60)
        stage.answer(.partial, [Word("a", 0, 0.2), Word("b", 0.3, 0.5), Word("c", 0.6, 0.9)])
        try #require(stage.unfinishedPartials.count == 2)
        stage.finishPartial(1, text: "A b c", committed: 0)
        stage.finishPartial(0, text: "A", committed: 0)
        #expect(stage.partials.map(\.text) == ["A b c"])
    }

    /// What was shown as committed goes with the next partial, which keeps it; the next utterance begins without.
    @Test func aPartialComesWithWhatWasCommittedBefore() throws {
        var stage = open()
        #expect(stage.unfinishedPartials.map(\.before) == [""])
        stage.finishPartial(0, text: "A,", committed: 1)
        stage.speech(60)
        stage.answer(.partial, [Word("a", 0, 0.2), Word("b", 0.3, 0.5)])
        #expect(stage.unfinishedPartials.map(\.before) == ["A"])
        stage.flush(1)
        stage.answer(.final, [Word("a", 0, 0.2), Word("b", 0.3, 0.5)])
        stage.finish(0, text: "A b.")
        stage.speech(60)
        stage.answer(.partial, [Word("c", 1.9, 2.2)])
        #expect(stage.unfinishedPartials.last?.before == "")
    }

    @Test func aPartialIsDroppedWhenItsUtteranceHasEnded() {
        var stage = open()
        stage.flush(1)
        stage.speech(60)
        stage.finishPartial(0, text: "A", committed: 0)
        #expect(stage.partials.isEmpty)
    }
}

import STTValues
import Testing

@testable import STTRecognition

/// Speech from frame 100 to 199 opens a window at 68 (30 frames of pre-roll, on the grid of 4), is noticed with its
/// third frame, is ready at 232 (32 frames of tail), and is over at 250 (50 frames of silence).
@Suite struct UtteranceMachineFinalTests {
    private let words = [Word("a", 1.2, 1.4), Word("b", 1.6, 1.8)]

    private func stage(silence: Int, partials: PartialPolicy? = PartialPolicy()) -> Stage {
        var stage = Stage(partials: partials)
        stage.silence(100)
        stage.speech(100)
        stage.silence(silence)
        return stage
    }

    @Test func theFinalIsDecodedBeforeTheSilenceIsLongEnough() {
        #expect(stage(silence: 31).asked(.final).isEmpty)
        let asked = stage(silence: 49).asked(.final)
        #expect(asked.map(\.frame) == [232])
        #expect(asked.map(\.request.frames) == [68..<232])
        #expect(asked.map(\.request.encoderPurpose) == [.ahead])
    }

    @Test func aFileDecodesTheSameWindowWhenTheSilenceIsLongEnough() {
        #expect(stage(silence: 49, partials: nil).asked.isEmpty)
        let asked = stage(silence: 50, partials: nil).asked
        #expect(asked.map(\.frame) == [250])
        #expect(asked.map(\.request.frames) == [68..<232])
        #expect(asked.map(\.request.encoderPurpose) == [.final])
    }

    @Test func aFinalDecodedAheadIsAPreviewUntilTheSilenceConfirmsIt() {
        var stage = stage(silence: 32)
        stage.answer(.final, words)
        #expect(stage.story == ["start 1.03", "|a b"])
        stage.silence(18)
        #expect(stage.story == ["start 1.03", "|a b", "stop 2.32", "final silence: a b"])
        #expect(stage.asked(.final).count == 1)
    }

    @Test func aFinalAheadThatTakesLongerThanTheSilenceIsNotDecodedAgain() {
        var stage = stage(silence: 60)
        #expect(stage.story == ["start 1.03", "stop 2.32"])
        stage.answer(.final, words)
        #expect(stage.story.last == "final silence: a b")
        #expect(stage.asked(.final).count == 1)
    }

    @Test func speechThatGoesOnWithdrawsTheFinalAhead() throws {
        var stage = stage(silence: 40)
        let ahead = try #require(stage.request(.final))
        stage.speech(1)
        #expect(stage.withdrawn.contains(ahead.id))
        // The result was on its way.
        stage.answer(ahead.id, .words(words))
        #expect(stage.story == ["start 1.03"])
        stage.silence(60)
        // Speech until 240 → 273, on the grid 276.
        #expect(stage.asked(.final).map(\.request.frames) == [68..<232, 68..<276])
        stage.answer(.final, words)
        #expect(stage.story.suffix(2) == ["stop 2.76", "final silence: a b"])
    }

    @Test func aDecodedFinalAheadIsDroppedWhenSpeechGoesOn() {
        var stage = stage(silence: 40)
        stage.answer(.final, words)
        let withdrawn = stage.withdrawn
        stage.speech(1)
        #expect(stage.withdrawn == withdrawn)
        stage.silence(60)
        #expect(stage.finals.isEmpty)
        stage.answer(.final, words + [Word("c", 2.3, 2.4)])
        #expect(stage.finals.map(\.text) == ["a b c"])
    }

    @Test func aFinalAheadThatFailedIsDecodedAtTheEndpoint() throws {
        var stage = stage(silence: 40)
        stage.answer(try #require(stage.request(.final)).id, .skipped)
        stage.silence(10)
        #expect(stage.asked(.final).map(\.frame) == [232, 250])
        stage.answer(.final, words)
        #expect(stage.finals.map(\.text) == ["a b"])
    }

    /// Three utterances, decoded in any order.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func finalsComeInTheOrderOfTheAudio(order: [Int]) {
        var stage = Stage(partials: nil)
        for _ in 0..<3 {
            stage.silence(100)
            stage.speech(50)
        }
        stage.silence(100)
        let requests = stage.waiting
        #expect(requests.count == 3)
        #expect(stage.machine.undecodedCount == 3)
        for index in order { stage.answer(requests[index].id, .words([Word("w\(index)", 1, 1)])) }
        // Speech begins at 100, 250 and 400 and lasts for 50.
        #expect(
            stage.story == [
                "start 1.03", "stop 1.84", "final silence: w0", "start 2.53", "stop 3.32", "final silence: w1",
                "start 4.03", "stop 4.84", "final silence: w2",
            ])
        #expect(stage.machine.undecodedCount == 0)
    }

    @Test func aResultIsTakenOnce() throws {
        var stage = stage(silence: 60)
        let id = try #require(stage.request(.final)).id
        stage.answer(id, .words(words))
        let story = stage.story
        stage.answer(id, .words([]))
        stage.answer(DecodeID(number: 1_000), .words(words))
        #expect(stage.story == story)
        #expect(stage.nonsense == [])
    }

    // MARK: Cuts

    /// Speech without a pause from frame 100 on; windows of at most 400 frames.
    private func cut(partials: PartialPolicy? = PartialPolicy()) -> Stage {
        var rules = SegmentationRules()
        (rules.softLimit, rules.longestWindow, rules.cutSearch, rules.overlap) = (380, 400, 100, 40)
        var stage = Stage(rules, partials: partials)
        stage.silence(100)
        stage.speech(368)
        return stage
    }

    @Test func speechWithoutAPauseIsCutAndBothSidesReadTheOverlap() {
        var stage = cut()
        // 468 frames − 40 of overlap: the last point of the search is 427, on the grid 424; the next window begins 40
        // before it. The level never changes, and of equals the later one is taken.
        #expect(stage.asked(.final).map(\.request.frames) == [68..<468])
        stage.answer(.final, [Word("a", 1.5, 2), Word("b", 4, 4.2), Word("c", 4.3, 4.5)])
        #expect(stage.story == ["start 1.03", "final maximumLength: a b"])
        #expect(stage.finals.map(\.end) == [4.24])
        #expect(stage.request(.partial)?.frames == 384..<468)
    }

    @Test func wordsBeforeACutAreNotShownAgain() {
        var stage = cut()
        stage.answer(.final, [Word("a", 1.5, 2), Word("b", 4, 4.2), Word("c", 4.3, 4.5)])
        stage.speech(10)
        stage.answer(.partial, [Word("b", 4, 4.2), Word("c", 4.3, 4.4), Word("d", 4.45, 4.5)])
        #expect(stage.story.last == "|c d")
        stage.silence(60)
        stage.answer(.final, [Word("b", 4, 4.2), Word("c", 4.3, 4.4), Word("d", 4.45, 4.5)])
        #expect(stage.story.suffix(2) == ["stop 5.12", "final silence: c d"])
        #expect(stage.finals.map(\.start) == [0, 4.24])
    }

    @Test func aCutFinalIsStitchedWhateverSideIsDecodedFirst() throws {
        var stage = cut(partials: nil)
        let first = try #require(stage.request(.final))
        stage.speech(10)
        stage.silence(60)
        stage.answer(.final, [Word("b", 4, 4.2), Word("c", 4.3, 4.4), Word("d", 4.45, 4.5)])
        #expect(stage.finals.isEmpty)
        stage.answer(first.id, .words([Word("a", 1.5, 2), Word("b", 4, 4.2), Word("c", 4.3, 4.5)]))
        #expect(stage.finals.map(\.text) == ["a b", "c d"])
    }
}

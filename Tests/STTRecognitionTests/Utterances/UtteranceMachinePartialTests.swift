import STTValues
import Testing

@testable import STTRecognition

/// Speech begins at frame 100 and is noticed when 103 frames have been taken; its window begins at 68.
@Suite struct UtteranceMachinePartialTests {
    private let policy = {
        var policy = PartialPolicy()
        (policy.first, policy.stride, policy.share) = (20, 16, 0.12)
        (policy.unstableEdge, policy.growingEdge) = (48, 0)
        return policy
    }()

    private func stage(_ change: (inout PartialPolicy) -> Void = { _ in }) -> Stage {
        var policy = policy
        change(&policy)
        var stage = Stage(partials: policy)
        stage.silence(100)
        return stage
    }

    /// Speech, and after each frame an answer for every preview that is asked for.
    private func talk(_ count: Int, _ stage: inout Stage, words: [Word] = []) {
        for _ in 0..<count {
            stage.speech(1)
            if stage.request(.partial) != nil { stage.answer(.partial, words) }
        }
    }

    @Test func theFirstPreviewComesAFixedTimeAfterTheOnset() {
        var stage = stage()
        stage.speech(22)
        #expect(stage.asked.isEmpty)
        stage.speech(1)
        #expect(stage.asked(.partial).map(\.frame) == [123])
        #expect(stage.request(.partial)?.frames == 68..<123)
    }

    @Test func previewsFollowEachOtherByTheStride() {
        var stage = stage()
        talk(60, &stage)
        #expect(stage.asked(.partial).map(\.frame) == [123, 139, 155])
        #expect(stage.asked(.partial).map(\.request.frames) == [68..<123, 68..<139, 68..<155])
    }

    @Test func theStrideGrowsWithTheWindowUpToTwoSeconds() {
        var stage = stage { $0.share = 0.5 }
        talk(600, &stage)
        // The first end with end − last ≥ ⌊½ · (end − 68)⌋, and from 400 frames on with end − last ≥ 200.
        #expect(stage.asked(.partial).map(\.frame) == [123, 177, 285, 485, 685])
    }

    @Test func theStrideIsTwiceWhatArrivedDuringTheLastDecode() {
        var stage = stage()
        stage.speech(63)
        stage.answer(.partial)  // 40 frames late
        talk(50, &stage)
        #expect(stage.asked(.partial).map(\.frame) == [123, 203])
    }

    @Test func onlyOnePreviewIsUnderWay() {
        var stage = stage()
        stage.speech(500)
        #expect(stage.asked(.partial).count == 1)
        #expect(stage.nonsense == [])
    }

    @Test func aSkippedPreviewShowsNothingAndTheNextOneComesAStrideLater() throws {
        var stage = stage()
        stage.speech(23)
        stage.answer(try #require(stage.request(.partial)).id, .skipped)
        #expect(stage.asked(.partial).count == 1)
        stage.speech(16)
        #expect(stage.asked(.partial).map(\.frame) == [123, 139])
        #expect(stage.partials.isEmpty)
    }

    @Test func noPreviewIsAskedForWhileAFinalBeforeItIsMissing() {
        var stage = stage()
        stage.speech(50)
        stage.silence(60)
        stage.speech(80)
        let before = stage.asked(.partial).filter { $0.frame > 210 }
        #expect(before.isEmpty)
        stage.answer(.final, [Word("a", 1, 1.4)])
        #expect(stage.story.suffix(2) == ["final silence: a", "start 2.13"])
        #expect(stage.request(.partial)?.frames == 184..<290)
    }

    @Test func aPreviewOfAnUtteranceThatIsOverIsWithdrawnAndItsResultDropped() throws {
        var stage = stage()
        stage.speech(40)
        let preview = try #require(stage.request(.partial))
        stage.flush(1)
        #expect(stage.withdrawn == [preview.id])
        stage.answer(preview.id, .words([Word("a", 1.1, 1.2)]))
        #expect(stage.partials.isEmpty)
        stage.answer(.final, [Word("b", 1.1, 1.2)])
        #expect(stage.story == ["start 1.03", "stop 1.4", "final flush: b", "flushed 1"])
    }

    @Test func aPreviewGivesWayToTheFinalThatIsDecodedAhead() throws {
        var stage = stage()
        stage.speech(100)
        let preview = try #require(stage.request(.partial))
        stage.silence(40)
        #expect(stage.withdrawn == [preview.id])
        #expect(stage.request(.final)?.frames == 68..<232)
        #expect(stage.request(.partial) == nil)
    }

    @Test func previewsGoOnWhenSpeechDoes() {
        var stage = stage()
        talk(100, &stage)
        stage.silence(40)
        let count = stage.asked(.partial).count
        stage.silence(5)
        #expect(stage.asked(.partial).count == count)
        // The preview that gave way to the final ahead had waited for less than 30 frames.
        talk(60, &stage)
        #expect(stage.asked(.partial).count > count)
        #expect(stage.asked(.partial).last?.request.frames?.lowerBound == 68)
    }

    @Test func onlyNewsIsShown() {
        var stage = stage()
        // Nothing; a word; the same word a frame later; two decodes that agree on it, away from the edge.
        let hypotheses = [[], [Word("a", 1.2, 1.24)], [Word("a", 1.24, 1.28)], [Word("a", 1.24, 1.28)]]
        for words in hypotheses {
            stage.speech(24)
            stage.answer(.partial, words)
        }
        #expect(stage.story == ["start 1.03", "|a", "a|"])
    }

    @Test func aWordAtTheEdgeOfTheAudioIsNotStable() {
        var stage = stage()
        stage.speech(24)
        stage.answer(.partial, [Word("a", 1.0, 1.1)])
        stage.speech(15)
        // Audio up to 1.39 s: a word is complete that ends 0.48 s before.
        stage.answer(.partial, [Word("a", 0.8, 0.91), Word("b", 1.2, 1.3)])
        #expect(stage.story.suffix(2) == ["|a", "a|b"])
        var other = self.stage()
        other.speech(24)
        other.answer(.partial, [Word("a", 1.0, 1.1)])
        other.speech(15)
        other.answer(.partial, [Word("a", 0.8, 0.92), Word("b", 1.2, 1.3)])
        #expect(other.story.suffix(2) == ["|a", "|a b"])
    }

    @Test func aNewWordThatMayGrowIsHeldBackUnlessItIsTheFirst() {
        var stage = stage { $0.growingEdge = 16 }
        // Audio up to 1.23, 1.39, 1.57 and 1.87 s.
        let hypotheses = [
            [Word("on", 1.1, 1.2)],
            [Word("once", 1.1, 1.3), Word("up", 1.35, 1.36)],
            [Word("once", 1.1, 1.3), Word("upon", 1.35, 1.56)],
            [Word("once", 1.1, 1.3), Word("upon", 1.35, 1.56), Word("a", 1.9, 1.9)],
        ]
        for words in hypotheses {
            stage.speech(24)
            stage.answer(.partial, words)
        }
        #expect(stage.story == ["start 1.03", "|on", "|once", "once|upon"])
    }

    @Test func aWordThatWasShownIsNotHiddenWhenItGrows() {
        var stage = stage { $0.growingEdge = 16 }
        stage.speech(24)
        stage.answer(.partial, [Word("a", 0.8, 0.9), Word("on", 1.04, 1.06)])
        stage.speech(24)
        stage.answer(.partial, [Word("a", 0.8, 0.9), Word("once", 1.04, 1.36)])
        #expect(stage.story.suffix(2) == ["|a on", "a|once"])
    }

    @Test func aTextThatVanishesIsTakenBack() {
        var stage = stage()
        stage.speech(24)
        stage.answer(.partial, [Word("a", 1.1, 1.1)])
        stage.speech(15)
        stage.answer(.partial, [])
        #expect(stage.story == ["start 1.03", "|a", "|"])
    }

    @Test func aFileHasNoPreviews() {
        var stage = Stage(partials: nil)
        stage.silence(100)
        stage.speech(500)
        #expect(stage.asked.isEmpty)
    }
}

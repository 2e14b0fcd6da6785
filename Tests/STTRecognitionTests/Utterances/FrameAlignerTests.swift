import Testing

@testable import STTRecognition

@Suite struct FrameAlignerTests {
    private func answers(_ queue: inout FrameAligner) -> [Float] {
        var answers: [Float] = []
        while let next = queue.next() { answers.append(next.activity) }
        return answers
    }

    @Test func aFrameWaitsForItsAnswer() {
        var queue = FrameAligner()
        queue.append(levels: [-1, -2, -3], activity: [0.1])
        #expect(answers(&queue) == [0.1])
        #expect(queue.count == 2)
        queue.append(levels: [-4], activity: [0.2, 0.3])
        let second = queue.next()
        #expect(second?.level == -2)
        #expect(second?.activity == 0.2)
        #expect(answers(&queue) == [0.3])
        #expect(queue.count == 1)
    }

    @Test func aFlushAnswersLikeTheLastFrameAndDropsTheLateAnswers() {
        var queue = FrameAligner()
        queue.append(levels: [0, 0, 0], activity: [0.7])
        queue.extrapolate()
        #expect(answers(&queue) == [0.7, 0.7, 0.7])
        // Answers 0.1 and 0.2 are for frames that have theirs; 0.3 is for the new one.
        queue.append(levels: [0], activity: [0.1])
        #expect(answers(&queue) == [])
        queue.append(levels: [], activity: [0.2, 0.3])
        #expect(answers(&queue) == [0.3])
    }

    @Test func aSecondFlushAddsToWhatIsDropped() {
        var queue = FrameAligner()
        queue.append(levels: [0, 0], activity: [])
        queue.extrapolate()
        queue.extrapolate()
        queue.append(levels: [0], activity: [])
        queue.extrapolate()
        // Nothing was ever answered: silence.
        #expect(answers(&queue) == [0, 0, 0])
        queue.append(levels: [0], activity: [1, 1, 1, 0.4])
        #expect(answers(&queue) == [0.4])
    }

    @Test func theLastAnswerIsRememberedWhenAllWereTaken() {
        var queue = FrameAligner()
        queue.append(levels: [0], activity: [0.9])
        #expect(answers(&queue) == [0.9])
        queue.append(levels: [0, 0], activity: [])
        queue.extrapolate()
        #expect(answers(&queue) == [0.9, 0.9])
    }
}

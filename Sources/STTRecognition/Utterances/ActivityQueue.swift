/// Pairs the level of each frame with the answer of the voice activity, which may come later.
struct ActivityQueue: Sendable {
    private var levels: [Float] = []
    private var answers: [Float] = []
    private var start = 0  // of both: removing from the front is done in strides
    private var lastAnswer: Float = 0
    /// Answers that were given ahead of the voice activity; its own for these frames are dropped.
    private var debt = 0

    /// Frames that wait.
    var count: Int { levels.count - start }

    mutating func append(levels: [Float], activity: [Float]) {
        let skipped = min(debt, activity.count)
        debt -= skipped
        self.levels += levels
        answers += activity.dropFirst(skipped)
    }

    /// Answers the frames without an answer like the last one that has one: a flush does not wait for more audio.
    mutating func answerAll() {
        let missing = levels.count - answers.count
        guard missing > 0 else { return }
        debt += missing
        answers += [Float](repeating: answers.last ?? lastAnswer, count: missing)
    }

    /// The next frame that has an answer.
    mutating func next() -> (level: Float, activity: Float)? {
        guard start < min(levels.count, answers.count) else {
            compact()
            return nil
        }
        defer { start += 1 }
        lastAnswer = answers[start]
        return (levels[start], lastAnswer)
    }

    private mutating func compact() {
        levels.removeFirst(start)
        answers.removeFirst(min(start, answers.count))
        start = 0
    }
}

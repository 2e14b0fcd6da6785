/// A step that a search can take.
struct Choice {
    let token: Int
    /// Logarithm of its probability.
    let logarithm: Float
    /// Its probability.
    let confidence: Float
    let isBest: Bool

    /// The best token first, then the others that cost less than `limit` more; the blank always is among them. Empty when
    /// there are no scores.
    static func choices(_ scores: UnsafeBufferPointer<Float>, blank: Int, limit: Float) -> [Choice] {
        let best = TokenScores.best(scores, fallback: blank)
        guard scores.indices.contains(best) else { return [] }
        let softmax = Softmax(scores)
        func choice(_ token: Int) -> Choice {
            Choice(
                token: token, logarithm: softmax.logarithm(of: scores[token]),
                confidence: softmax.probability(of: scores[token]), isBest: token == best)
        }
        let floor = scores[best] - limit
        return [choice(best)]
            + scores.indices.lazy.filter { $0 != best && (scores[$0] > floor || $0 == blank) }.map(choice)
    }
}

/// The greedy reading of a window, and those beside it that follow a phrase where the greedy one does not.
///
/// A reading leaves the greedy one with a token that goes on with a phrase. It is dropped when it leaves the phrase, or
/// costs more than the phrase is worth; so what was lent to it is taken back. When its phrase is complete it goes on
/// greedily for a while, and then becomes the greedy reading if it is the better one, boosts included. So a text
/// changes only where a whole phrase is in it, and without one it is that of the greedy search, bit for bit.
struct PhraseReadings<Context> {
    /// A reading; `Context` is the state of the network or of the search after its tokens.
    struct Reading {
        /// Tokens of the greedy reading that come before its own.
        var sharedCount = 0
        var tokens: [DecodedToken] = []
        /// Logarithm of the probability of its alignment.
        var score: Float = 0
        var bias: BiasTrace
        var context: Context
        /// The frame at which it took another token than the best one: once a frame at most.
        var overrideFrame = -1
        /// Where it earned more than the greedy reading; `nil` before.
        var completionFrame: Int?

        /// The score with the boosts earned.
        var total: Float { score + bias.earned }
    }

    private(set) var greedy: Reading
    private(set) var others: [Reading] = []
    /// Readings that the frame under way has not ended for.
    private var pending: [Reading] = []

    init(_ greedy: Reading) { self.greedy = greedy }
}

/// Bounds of what is followed, chosen on spoken clips (docs/benchmarks.md).
enum PhraseReadingLimits {
    /// Readings beside the greedy one.
    static let count = 6
    /// What a reading may be behind for a while, because it writes its letters earlier or later than the greedy one.
    static let slack: Float = 2
    /// Frames from the end of a phrase to the decision: the greedy reading catches up.
    static let settling = 8
}

extension PhraseReadings {
    /// Whether a reading can still become the better one.
    func isPromising(_ reading: Reading) -> Bool {
        let bias = reading.bias
        return (bias.ahead > 0 || bias.earned > greedy.bias.earned)
            && reading.total + bias.ahead + PhraseReadingLimits.slack > greedy.total
    }

    /// `reading` with one more token, unless it is out of the question: the token leaves its phrase, the reading costs
    /// too much, or it has taken another token than the best one at this frame already.
    func extended(_ reading: Reading, by choice: Choice, frame: Int) -> Reading? {
        if !choice.isBest, reading.overrideFrame == frame { return nil }
        var next = reading
        let isInPhrase = next.append(choice, frame: frame)
        let isFree = choice.isBest && reading.completionFrame != nil
        guard isInPhrase || isFree || next.bias.earned > reading.bias.earned else { return nil }
        guard isFree || isPromising(next) else { return nil }
        if !choice.isBest { next.overrideFrame = frame }
        if next.bias.earned > reading.bias.earned { next.completionFrame = frame }
        return next
    }

    /// The greedy reading as the beginning of another one.
    var branch: Reading {
        var branch = greedy
        (branch.sharedCount, branch.tokens) = (greedy.tokens.count, [])
        return branch
    }

    /// Takes a step of the greedy reading.
    mutating func updateGreedy(_ body: (inout Reading) throws -> Void) rethrows { try body(&greedy) }

    /// Keeps a reading to the next frame; of two with the same tokens and context the better one.
    mutating func keep(_ reading: Reading, isSame: (Context, Context) -> Bool) {
        guard let same = pending.firstIndex(where: { isSame($0.context, reading.context) && $0.hasTokens(of: reading) })
        else { return pending.append(reading) }
        if pending[same].total < reading.total { pending[same] = reading }
    }

    /// Ends a frame: decides on the readings that are complete, and keeps the best of the others.
    mutating func endFrame(_ frame: Int) {
        (others, pending) = (pending, [])
        if others.contains(where: { isDue($0, frame) }) { settle(among: others.filter { $0.completionFrame != nil }) }
        others = others.filter(isPromising)
        if others.count > PhraseReadingLimits.count {
            others.sort { $0.score + $0.bias.gain > $1.score + $1.bias.gain }
            others.removeLast(others.count - PhraseReadingLimits.count)
        }
    }

    /// Ends the audio; the greedy reading is the result.
    mutating func finish() {
        greedy.bias.finish()
        for index in others.indices { others[index].bias.finish() }
        settle(among: others)
    }

    /// Whether it is time to decide. A reading that writes what the greedy one writes, only earlier, is no other one yet.
    private func isDue(_ reading: Reading, _ frame: Int) -> Bool {
        guard let completion = reading.completionFrame else { return false }
        return frame - completion >= PhraseReadingLimits.settling && !greedy.agrees(with: reading)
    }

    /// Makes the best of complete readings the greedy one, if it is better.
    private mutating func settle(among complete: [Reading]) {
        guard let best = complete.max(by: { $0.total < $1.total }), best.total > greedy.total,
            best.bias.earned > greedy.bias.earned
        else { return }
        others.removeAll { $0.sharedCount > best.sharedCount }
        let shared = greedy.tokens.prefix(best.sharedCount)
        greedy = best
        (greedy.sharedCount, greedy.tokens, greedy.completionFrame) = (0, shared + best.tokens, nil)
    }
}

extension PhraseReadings.Reading {
    /// Takes one more token; returns whether it goes on with a phrase.
    @discardableResult
    mutating func append(_ choice: Choice, frame: Int) -> Bool {
        tokens.append(DecodedToken(id: choice.token, frame: frame, confidence: choice.confidence))
        score += choice.logarithm
        return bias.advance(by: choice.token)
    }

    /// Whether one of the two texts is the beginning of the other; `self` is the greedy reading.
    fileprivate func agrees(with other: Self) -> Bool {
        zip(tokens[other.sharedCount...], other.tokens).allSatisfy { $0.id == $1.id }
    }

    fileprivate func hasTokens(of other: Self) -> Bool {
        sharedCount == other.sharedCount && tokens.count == other.tokens.count
            && zip(tokens, other.tokens).allSatisfy { $0.id == $1.id }
    }
}

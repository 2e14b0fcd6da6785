import STTValues
import TestSupport

@testable import STTRecognition

/// A whole stream by chance: what is heard when, what is said, where the caller flushes, and by which rules it is cut.
/// The same script can be played in any blocking, with decodes that end in any order.
struct Rehearsal {
    let rules: SegmentationRules
    let activity: [Float]
    let levels: [Float]
    let spoken: [Word]
    /// Frame → number of the flush there.
    let flushes: [Int: Int]
    /// Whether every complete word of a window is recognised in it, always alike.
    let isReliable: Bool
    /// Frames by which the voice activity may be behind: it answers by blocks of so many.
    let granularity: Int

    /// With `isReliable`, words are short beside the margins of the rules and lie in speech: none may be lost.
    init(seed: UInt64, isReliable: Bool = false) {
        var random = SeededRandom(seed)
        self.isReliable = isReliable
        rules = isReliable ? Self.reliable(Self.rules(&random), &random) : Self.rules(&random)
        let count = random.within(0...2_500)
        var activity: [Float] = []
        // A noisy room has no long silence.
        let silenceLimit = seed % 4 == 0 ? 8 : 120
        while activity.count < count {
            activity += (0..<random.within(1...200)).map { _ in random.within(Float(0.3)...1) }
            activity += (0..<random.within(1...silenceLimit)).map { _ in random.within(Float(0)...0.4) }
        }
        activity = Array(activity.prefix(count))
        levels = (0..<count).map { _ in random.within(Float(-70)...(-10)) }
        var spoken: [Word] = []
        var frame = random.within(0...60)
        while frame < count {
            // A word that lasts for a while, and then a gap, now and then a long one.
            let length = 4 * random.within(0...(isReliable ? Self.shortWord / 4 : 12))
            let start = frame / 4 * 4
            spoken.append(Word("w\(spoken.count)", Double(start) / 100, Double(start + length) / 100))
            if isReliable {
                for frame in start...start + max(length, rules.onset) where frame < count { activity[frame] = 1 }
            }
            frame += length + 4 + random.within(0...(random.within(0...6) == 0 ? 150 : 20))
        }
        (self.activity, self.spoken) = (activity, spoken)
        var flushes: [Int: Int] = [:]
        if seed % 3 == 0 {
            for number in 0..<random.within(0...6) { flushes[random.within(0...count)] = number }
        }
        self.flushes = flushes
        granularity = seed % 2 == 0 ? 1 : 3
    }

    private static func rules(_ random: inout SeededRandom) -> SegmentationRules {
        var rules = SegmentationRules()
        rules.tail = random.within(0...40)
        rules.trailingSilence = random.within(0...4) == 0 ? nil : random.within(8...70)
        rules.overlap = random.within(24...48)
        rules.cutSearch = random.within(8...80)
        rules.longestWindow = 2 * rules.overlap + rules.cutSearch + random.within(60...400)
        rules.softLimit = random.within(rules.longestWindow / 2...rules.longestWindow)
        if random.within(0...1) == 0 {
            var probing = SegmentationRules.Probing()
            (probing.firstProbeDelay, probing.stride) = (random.within(40...200), random.within(20...150))
            (probing.window, probing.blankRun) = (random.within(40...300), random.within(8...80))
            rules.probing = probing
        }
        return rules
    }

    /// Frames of the longest word of a reliable rehearsal.
    private static let shortWord = 24

    private static func reliable(_ rules: SegmentationRules, _ random: inout SeededRandom) -> SegmentationRules {
        var rules = rules
        rules.tail = min(rules.tail, 32)
        rules.overlap = random.within(2 * shortWord...60)
        rules.longestWindow += 2 * rules.overlap
        rules.probing?.window = random.within(2 * rules.overlap + shortWord...300)
        // Less than the least time between the last token of a word and the end of the next one would end it early.
        rules.probing?.blankRun = random.within(rules.tail + shortWord + 8...90)
        return rules
    }

    /// The words that must be in the finals: all but those that a flush, or the end, cuts into two. The window behind
    /// a flush begins up to three frames before it.
    var completeWords: [String] {
        spoken.filter { word in
            let frames = Int(word.start * 100 + 0.5)...Int(word.end * 100 + 0.5)
            return frames.upperBound + rules.onset < activity.count
                && !flushes.keys.contains { frames.lowerBound - rules.onset < $0 && $0 <= frames.upperBound + 3 }
        }.map(\.text)
    }

    /// What a decoder makes of a window: the words in it, of which the last may be incomplete and some are heard
    /// differently in other windows. A function of the window and nothing else.
    func decode(_ frames: Range<Int>) -> [Word] {
        let (start, end) = (Double(frames.lowerBound) / 100, Double(frames.upperBound) / 100)
        var random = SeededRandom(UInt64(frames.lowerBound) << 32 | UInt64(frames.upperBound))
        let confidence = random.within(Float(0.2)...1)
        return spoken.filter { $0.start >= start && $0.end < end }.compactMap { word in
            var word = word
            word.confidence = confidence
            if isReliable { return word }
            switch random.within(0...20) {
            case 0: return nil
            case 1: word.text += "?"
            default: if word.end > end - 0.1 { word.text += "-" }
            }
            return word
        }
    }

    /// Plays the script. With `chance`, blocks have random lengths and decodes take random times; without, each block
    /// is a frame and each decode ends at once.
    func play(partials: PartialPolicy?, chance: UInt64?) -> Stage {
        var stage = Stage(rules, partials: partials)
        var random = chance.map { SeededRandom($0) }
        var answered = 0
        let longest = random.map { _ in random?.within(1...300) ?? 1 } ?? 1
        var frame = 0
        if let number = flushes[0] { stage.flush(number) }
        while frame < activity.count {
            let next = random == nil ? frame + 1 : frame + (random?.within(1...longest) ?? 1)
            let flush = flushes.keys.filter { $0 > frame }.min() ?? .max
            let end = min(next, flush, activity.count)
            let decided = max(answered, end / granularity * granularity)
            stage.take(levels: Array(levels[frame..<end]), activity: Array(activity[answered..<decided]))
            (answered, frame) = (decided, end)
            if let number = flushes[frame] { stage.flush(number) }
            decodeSome(&stage, &random)
        }
        stage.take(levels: [], activity: Array(activity[answered...]))
        stage.finish()
        while !stage.waiting.isEmpty { decodeSome(&stage, &random, atLeast: 1) }
        return stage
    }

    private func decodeSome(_ stage: inout Stage, _ random: inout SeededRandom?, atLeast least: Int = 0) {
        var count = random == nil ? Int.max : max(least, random?.within(-2...2) ?? 0)
        while count > 0, !stage.waiting.isEmpty {
            let index = random?.within(0...stage.waiting.count - 1) ?? 0
            let request = stage.waiting[index]
            if request.purpose == .partial, random?.within(0...4) == 0 {
                stage.answer(request.id, .skipped)
            } else {
                stage.answer(request.id, .words(request.frames.map(decode) ?? []))
            }
            count -= 1
        }
    }
}

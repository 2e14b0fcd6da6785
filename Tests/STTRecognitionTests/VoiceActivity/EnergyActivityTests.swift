import Foundation
import STTRecognition
import TestSupport
import Testing

@Suite struct EnergyActivityTests {
    /// A threshold below which the segmenter lets speech end.
    private static let off: Float = 0.35

    private func answers(_ levels: [Float]) -> [Float] {
        var activity = EnergyActivity()
        return activity.append([], levels: levels) + activity.finish()
    }

    /// Levels of steady noise around a mean: what the front end makes of white noise varies by about ±2 dB.
    private func noise(_ mean: Float, _ count: Int, seed: UInt64 = 1) -> [Float] {
        var random = SeededRandom(seed)
        return (0..<count).map { _ in mean + random.within(Float(-2)...2) }
    }

    @Test func digitalSilenceIsNeverSpeech() {
        var logMel = LogMel()
        let levels = logMel.append([Float](repeating: 0, count: 160_000)).levels
        #expect(levels.count == 999)
        #expect(answers(levels).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [Float(-100), -80, -70, -60, -50, -40, -30, -20, -10, 0])
    func steadyNoiseBecomesSilence(level: Float) {
        let answers = answers(noise(level, 2000))
        #expect(answers.count == 2000)
        // The floor is trusted after 2 s.
        #expect(answers[200...].allSatisfy { $0 < Self.off })
    }

    @Test(arguments: [Float(0.001), 0.01, 0.1]) func realNoiseBecomesSilence(amplitude: Float) {
        var random = SeededRandom(7)
        var logMel = LogMel()
        let samples = (0..<80_000).map { _ in random.within(-amplitude...amplitude) }
        #expect(answers(logMel.append(samples).levels)[200...].allSatisfy { $0 < Self.off })
    }

    @Test(arguments: [Float(-70), -50, -30]) func aBurstAboveTheNoiseIsSpeech(level: Float) {
        let levels = noise(level, 500) + noise(level + 20, 40) + noise(level, 300)
        let answers = answers(levels)
        // Levels are averaged over three frames.
        #expect(answers[503..<540].allSatisfy { $0 >= 0.5 })
        #expect(answers[545...].allSatisfy { $0 < Self.off })
    }

    @Test func aLouderRoomIsLearnedWithinSeconds() {
        let answers = answers(noise(-60, 500) + noise(-40, 1000))
        #expect(answers[510..<700].allSatisfy { $0 >= 0.5 })
        #expect(answers[1000...].allSatisfy { $0 < Self.off })
    }

    @Test func speechIsHeardBeforeTheFloorIsKnown() {
        #expect(answers(noise(-40, 100))[5...].allSatisfy { $0 >= 0.5 })
    }

    @Test(arguments: [-Float.infinity, .infinity, .nan]) func strangeLevelsGiveProbabilities(level: Float) {
        let answers = answers(noise(-60, 300) + [level] + noise(-60, 900))
        #expect(answers.count == 1201)
        #expect(answers.allSatisfy { $0.isNaN || (0...1).contains($0) })
        #expect(answers[900...].allSatisfy { $0 < Self.off })
    }

    @Test func theAnswersDoNotDependOnTheBlocks() {
        var random = SeededRandom(3)
        let levels = (0..<1500).map { _ in random.within(Float(-90)...0) }
        let whole = answers(levels)
        for seed in 0..<20 {
            var random = SeededRandom(UInt64(seed))
            var activity = EnergyActivity()
            var rest = levels[...]
            var answers: [Float] = []
            while !rest.isEmpty {
                let count = random.within(0...200)
                answers += activity.append([], levels: Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(answers == whole)
        }
    }

    /// Every token of the reference lies in a window, at full level and 30 dB below.
    @Test(arguments: Golden.recordings, [Float(1), 0.031_623]) func quietRecordingsAreHeard(
        _ golden: Golden, gain: Float
    ) throws {
        var logMel = LogMel()
        let levels = logMel.append(try Recording.samples(golden.file).map { $0 * gain }).levels
        var segmenter = Segmenter(rules: SegmentationRules())
        var actions: [Segmenter.Action] = []
        for (level, activity) in zip(levels, answers(levels)) {
            actions += segmenter.next(activity: activity, level: level)
        }
        actions += segmenter.finish()
        let windows = actions.compactMap { if case .closed(let span) = $0 { span.window } else { nil } }
        let missed = golden.frames.filter { token in !windows.contains { $0.contains(4 * token) } }
        #expect(missed == [])
    }
}

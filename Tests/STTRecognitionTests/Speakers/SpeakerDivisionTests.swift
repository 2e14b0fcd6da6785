import STTRecognition
import STTValues
import Testing

/// Speakers of very different shares, and input that is no conversation, from made-up voices.
@Suite struct SpeakerDivisionTests {
    private typealias Play = SpeakerTimelineTests.Play
    private typealias Turn = SpeakerTimelineTests.Turn
    private typealias Voices = SpeakerTimelineTests.Voices

    /// The labels of 60 turns of four seconds. All voices are alike: the cosine of their means is 0.46.
    private func labels(_ speakers: [Int], _ separation: SpeakerSeparation = .init()) -> [[Int?]] {
        var voices = Voices()
        var timeline = SpeakerTimeline()
        for (turn, speaker) in speakers.enumerated() {
            let start = Double(turn) * 10
            let words = (0..<12).map {
                Word(text: "да", start: start + Double($0) * 0.35, end: start + Double($0) * 0.35 + 0.3, confidence: 1)
            }
            let windows = timeline.begin(Segment(words: words, start: start, end: start + 9, endpoint: .silence))
            timeline.append(
                windows.map { _ in
                    var vector = voices.vector(speaker)
                    vector[speaker] += Float(0.35).squareRoot() - voices.likeness.squareRoot()
                    vector[90] += Float(0.3).squareRoot()
                    return vector
                })
        }
        return timeline.labels(separation)
    }

    /// One speaker has most of the turns, each other one two.
    private func uneven(_ others: Int) -> [Int] {
        var turns = [Int](repeating: 0, count: 60)
        for other in 1...others { for turn in 0..<2 { turns[(turn * 30 + other * 7) % 60] = other } }
        return turns
    }

    @Test(arguments: [1, 2, 3, 5]) func whoHardlySpeaksIsFoundBesideWhoSpeaksMostOfTheTime(others: Int) {
        let turns = uneven(others)
        let pairs = Set(zip(turns, labels(turns)).flatMap { speaker, words in words.map { [speaker, $0] } })
        #expect(pairs.count == others + 1 && Set(pairs.map { $0[1] }).count == others + 1, "\(pairs)")
    }

    @Test func whoSpeaksAloneForLongIsNotDivided() {
        // 70 minutes in turns of 4.2 s.
        var rules = SpeakerRules()
        rules.estimateCount = 120
        let play = Play((0..<1_000).map { _ in Turn(speaker: 0, wordCount: 12) }, rules: rules)
        #expect(Set(play.words) == [0])
    }

    @Test func boundsHoldWhatIsDivided() throws {
        let bounded = labels(uneven(3), try SpeakerSeparation(count: nil, maximum: 2))
        #expect(Set(bounded.joined()).count == 2)
        let given = labels(uneven(3), try SpeakerSeparation(count: 1))
        #expect(Set(given.joined()) == [0])
    }

    /// Noise, laughter and music: vectors that are like nothing, between two voices.
    @Test func soundsThatAreNoVoiceDoNotDivideVoices() {
        var voices = Voices()
        var timeline = SpeakerTimeline()
        var truth: [Int?] = []
        for turn in 0..<40 {
            let start = Double(turn) * 10
            let words = (0..<12).map {
                Word(text: "да", start: start + Double($0) * 0.35, end: start + Double($0) * 0.35 + 0.3, confidence: 1)
            }
            let isNoise = turn % 8 == 7
            let windows = timeline.begin(Segment(words: words, start: start, end: start + 9, endpoint: .silence))
            timeline.append(
                windows.map { _ in
                    isNoise ? (0..<voices.dimension).map { _ in voices.noise() } : voices.vector(turn % 2)
                })
            truth.append(isNoise ? nil : turn % 2)
        }
        let labels = timeline.labels(.init())
        let pairs = Set(
            zip(truth, labels).filter { $0.0 != nil }.flatMap { speaker, words in words.map { [speaker, $0] } })
        #expect(pairs == [[0, 0], [1, 1]], "\(pairs)")
    }
}

import Foundation
import STTRecognition
import STTValues
import Testing

/// Who speaks when, from made-up voices: vectors around a direction for each speaker.
@Suite struct SpeakerTimelineTests {
    /// A speaker's turn: words of 0.3 s with gaps of 0.05 s.
    struct Turn: Sendable {
        var speaker: Int
        var wordCount: Int
        var pause = 0.5
    }

    /// Vectors of which those of one voice have a cosine of `likeness` on average, and those of two voices 0.
    struct Voices {
        private var state: UInt64 = 5
        let likeness: Float = 0.65
        let dimension = 96

        mutating func noise() -> Float {
            // The sum of four uniform numbers is nearly normal.
            (0..<4).reduce(Float(0)) { sum, _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return sum + Float(state >> 40) / Float(1 << 24) - 0.5
            } * 1.732
        }

        mutating func vector(_ speaker: Int) -> [Float] {
            let level = ((1 - likeness) / Float(dimension)).squareRoot()
            var vector = (0..<dimension).map { _ in noise() * level }
            vector[speaker] += likeness.squareRoot()
            return vector
        }
    }

    /// The labels of each turn's words: what was found and how many of the words carry each label.
    struct Play {
        var found: [[Int?]] = []
        var truth: [Int] = []

        /// The speakers of the words in order of time.
        var words: [Int?] { found.flatMap { $0 } }
        /// The true speakers, numbered in order of the first words.
        var expected: [Int?] {
            var numbers: [Int: Int] = [:]
            return truth.map { speaker in
                if numbers[speaker] == nil { numbers[speaker] = numbers.count }
                return numbers[speaker]
            }
        }

        init(
            _ turns: [Turn], _ separation: SpeakerSeparation = .init(), rules: SpeakerRules = .init(),
            joined: Bool = false
        ) {
            var timeline = SpeakerTimeline(rules)
            var voices = Voices()
            var (time, start) = (0.0, 0.0)
            var (words, owners) = ([Word](), [(time: Range<Double>, speaker: Int)]())
            func isLast(_ index: Int) -> Bool { index == turns.count - 1 }
            for (index, turn) in turns.enumerated() {
                time += turn.pause
                let first = time
                for _ in 0..<turn.wordCount {
                    words.append(Word(text: "да", start: time, end: time + 0.3, confidence: 1))
                    truth.append(turn.speaker)
                    time += 0.35
                }
                owners.append((first..<time, turn.speaker))
                guard !joined || isLast(index) else { continue }
                let segment = Segment(words: words, start: start, end: time, endpoint: .silence)
                let vectors = timeline.begin(segment).map { range in
                    // The speaker of most of the window.
                    let owner = owners.max { Self.overlap($0.time, range) < Self.overlap($1.time, range) }
                    return voices.vector(owner?.speaker ?? 0)
                }
                timeline.append(vectors)
                (words, start) = ([], time)
            }
            found = timeline.labels(separation)
        }

        private static func overlap(_ a: Range<Double>, _ b: Range<Double>) -> Double {
            min(a.upperBound, b.upperBound) - max(a.lowerBound, b.lowerBound)
        }
    }

    private func turns(_ speakerCount: Int, _ count: Int, words: Int = 12) -> [Turn] {
        (0..<count).map { Turn(speaker: ($0 * 5 + $0 / speakerCount) % speakerCount, wordCount: words) }
    }

    @Test(arguments: [1, 2, 3, 4, 6, 8, 12]) func theNumberOfSpeakersIsFound(count: Int) {
        let play = Play(turns(count, 12 * count))
        #expect(play.words == play.expected)
    }

    /// 10 windows and more of each voice: as few as the estimate takes.
    @Test(arguments: [(1, 2), (1, 3), (2, 2), (2, 4), (3, 3), (3, 6)])
    func aShortRecordingHasNoMoreSpeakersThanVoices(count: Int, turnCount: Int) {
        let play = Play(turns(count, turnCount))
        #expect(play.words == play.expected)
    }

    @Test func aRecordingOfManyBlocksHasTheSpeakersOfTheWhole() {
        // 42 minutes in turns of 4.2 s: 3,000 windows in 30 blocks, whose clusters are merged many times.
        var rules = SpeakerRules()
        rules.blockCount = 100
        rules.clusterLimit = 50
        let play = Play(turns(4, 600), rules: rules)
        #expect(play.words == play.expected)
    }

    @Test(arguments: [1, 2, 3]) func aNumberThatIsGivenIsKept(count: Int) throws {
        let play = Play(turns(3, 30), try SpeakerSeparation(count: count))
        #expect(Set(play.words).count == count)
    }

    @Test func boundsHoldTheEstimate() throws {
        #expect(Set(Play(turns(4, 40), try SpeakerSeparation(count: nil, maximum: 2)).words).count == 2)
        // Where there is one voice, no second one is invented out of noise.
        #expect((1...2).contains(Set(Play(turns(1, 20), try SpeakerSeparation(count: nil, minimum: 2)).words).count))
    }

    @Test func numbersThatExcludeEachOtherAreRefused() {
        for (count, minimum, maximum) in [(0, nil, nil), (65, nil, nil), (nil, 3, 2), (5, nil, 4), (nil, 0, nil)] {
            #expect(throws: GigaSTTError.self) {
                try SpeakerSeparation(count: count, minimum: minimum, maximum: maximum)
            }
        }
    }

    @Test func aChangeWithinAPhraseLiesBetweenWords() {
        // No pause between the speakers: 0.05 s as between all words.
        let play = Play(
            (0..<12).map { Turn(speaker: $0 % 2, wordCount: 14, pause: $0 == 0 ? 0.5 : 0) }, joined: true)
        let wrong = zip(play.words, play.truth).count { $0 != $1 }
        #expect(Set(play.words) == [0, 1] && wrong <= 11 * 2)
    }

    @Test func wordsOfAFifthOfASecondFoundNoSpeaker() {
        var mixed = turns(2, 24)
        for index in stride(from: 2, to: 24, by: 3) {
            mixed.insert(Turn(speaker: 2 + index % 5, wordCount: 1), at: index)
        }
        #expect(Set(Play(mixed).words).count == 2)
    }

    @Test func aShortRecordingHasASpeaker() {
        #expect(Play([Turn(speaker: 0, wordCount: 1)]).words == [0])
        #expect(Play([]).words.isEmpty)
    }

    @Test func vectorsWithoutMeaningAreOneSpeaker() {
        var timeline = SpeakerTimeline()
        let words = (0..<20).map { Word(text: "да", start: Double($0), end: Double($0) + 0.7, confidence: 1) }
        let windows = timeline.begin(Segment(words: words, start: 0, end: 21, endpoint: .silence))
        #expect(windows.count == 20)
        timeline.append(windows.map { _ in [.nan, .infinity, 0] })
        #expect(timeline.labels(.init()) == [[Int?](repeating: 0, count: 20)])
    }

    @Test func windowsLieWithinTheUtterance() {
        var timeline = SpeakerTimeline()
        let words = [(0.96, 1.3), (1.3, 4.1), (4.1, 4.2)].map { Word(text: "да", start: $0, end: $1, confidence: 1) }
        let windows = timeline.begin(Segment(words: words, start: 1, end: 4, endpoint: .silence))
        #expect(windows.count > 2 && windows.allSatisfy { $0.lowerBound >= 1 && $0.upperBound <= 4 })
    }

    @Test func windowsOfLongSpeechOverlapAndCoverIt() {
        var timeline = SpeakerTimeline()
        let words = (0..<20).map {
            Word(text: "да", start: Double($0) * 0.5, end: Double($0) * 0.5 + 0.45, confidence: 1)
        }
        let windows = timeline.begin(Segment(words: words, start: 0, end: 11, endpoint: .silence))
        #expect(windows.first?.lowerBound == 0 && abs((windows.last?.upperBound ?? 0) - 9.95) < 1e-9)
        for (window, next) in zip(windows, windows.dropFirst()) {
            #expect(abs(window.upperBound - window.lowerBound - 1.5) < 1e-9)
            #expect(next.lowerBound > window.lowerBound && next.lowerBound - window.lowerBound <= 0.75)
        }
    }
}

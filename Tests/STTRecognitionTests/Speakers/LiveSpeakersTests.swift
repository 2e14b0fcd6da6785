import STTRecognition
import STTValues
import Testing

/// Labels of live speech from made-up voices: numbers that stay, corrections, bounds.
@Suite struct LiveSpeakersTests {
    private typealias Voices = SpeakerTimelineTests.Voices

    /// Utterances of one speaker each, with words of 0.3 s, and what their labels became.
    private struct Session {
        var segments: [Segment] = []
        var last: [SpeakerSpan] = []
        /// The label of each utterance when it came.
        var first: [Int?] = []
        var names: [SpeakerName] = []
        var timeline: SpeakerTimeline

        init(_ speakers: [Int], wordCount: Int = 12, windowLimit: Int = 2_400) {
            var voices = Voices()
            var rules = SpeakerRules()
            // The estimate takes the cube of the one, a block the square of the other.
            (rules.estimateCount, rules.blockCount) = (80, 50)
            timeline = SpeakerTimeline(rules)
            var live = LiveSpeakers(rules: rules, windowLimit: windowLimit)
            for (index, speaker) in speakers.enumerated() {
                let start = Double(index) * 10
                let words = (0..<wordCount).map {
                    Word(
                        text: "да", start: start + Double($0) * 0.35, end: start + Double($0) * 0.35 + 0.3,
                        confidence: 1)
                }
                let segment = Segment(words: words, start: start, end: start + 9, endpoint: .silence)
                segments.append(segment)
                let vectors = live.begin(segment).map { _ in voices.vector(speaker) }
                _ = timeline.begin(segment)
                timeline.append(vectors)
                segments.relabel(live.append(vectors))
                first.append(segments[index].words[0].speaker)
            }
            last = live.finish()
            segments.relabel(last)
            names = live.names
        }

        var labels: [[Int?]] { segments.map { $0.words.map(\.speaker) } }
    }

    @Test(arguments: [1, 2, 3]) func atTheEndTheLabelsAreThoseOfARecording(count: Int) {
        let session = Session((0..<30).map { ($0 * 5 + $0 / 4) % count })
        let pairs = Set(zip(session.labels.joined(), session.timeline.labels(.init()).joined()).map { [$0, $1] })
        // Each number stands for one speaker of the recording, and the other way round.
        #expect(
            pairs.count == count && Set(pairs.map { $0[0] }).count == count && Set(pairs.map { $0[1] }).count == count)
        #expect(session.labels.joined().allSatisfy { $0 != nil })
    }

    @Test func mostLabelsNeedNoCorrection() {
        let session = Session((0..<200).map { $0 / 2 % 2 })
        let final = session.labels.map { $0[0] }
        // While there is little speech, two voices may be one.
        #expect(zip(session.first, final).dropFirst(20).allSatisfy { $0 == $1 })
        #expect(Set(final) == [0, 1] && session.labels.allSatisfy { Set($0).count == 1 })
    }

    @Test func aSessionWithoutEndKeepsItsNumbersAndFewWindows() {
        // 120 utterances of five windows; the third voice is away for longer than its words are kept.
        let truth = (0..<120).map { (20..<40).contains($0) || (100..<120).contains($0) ? 2 : $0 % 2 }
        let session = Session(truth, windowLimit: 60)
        let labels = session.labels.map { $0[0] }
        #expect(Set(zip(truth, labels).dropFirst(60).map { [$0, $1] }).count == 3, "\(labels)")
        #expect(labels.compactMap { $0 }.max() == 2)
    }

    /// Voices that are enrolled from vectors of their own.
    private func known(_ names: [(String, Int)]) throws -> KnownVoices {
        var voices = Voices()
        let prints = names.map { name, speaker in
            let sum = (0..<40).map { _ in voices.vector(speaker) }.reduce([Float](repeating: 0, count: 96)) {
                zip($0, $1).map(+)
            }
            return VoicePrint(name: name, vector: sum, seconds: 30, model: "m")
        }
        return try KnownVoices(prints)
    }

    @Test func speakersGetTheNamesOfTheirVoicesAndKeepThemWhileTheyAreAway() throws {
        var voices = Voices()
        var live = LiveSpeakers(
            known: try known([("Анна", 1), ("Пётр", 2), ("Ольга", 7)]), windowLimit: 60)
        var (segments, seen): ([Segment], [[SpeakerName]]) = ([], [])
        // The third voice is away from the 40th utterance on, for longer than its words are kept.
        let truth = (0..<120).map { $0 < 40 ? $0 / 2 % 3 : $0 / 2 % 2 }
        for (index, speaker) in truth.enumerated() {
            let start = Double(index) * 10
            let words = (0..<12).map {
                Word(text: "да", start: start + Double($0) * 0.35, end: start + Double($0) * 0.35 + 0.3, confidence: 1)
            }
            segments.append(Segment(words: words, start: start, end: start + 9, endpoint: .silence))
            segments.relabel(live.append(live.begin(segments[index]).map { _ in voices.vector(speaker) }))
            seen.append(live.names)
        }
        segments.relabel(live.finish())
        let numbers = (0..<3).map { speaker in truth.lastIndex(of: speaker).flatMap { segments[$0].words[0].speaker } }
        let named = Dictionary(uniqueKeysWithValues: live.names.map { ($0.name, $0.speaker) })
        #expect(named == ["Анна": numbers[1], "Пётр": numbers[2]], "\(live.names) \(numbers)")
        #expect(live.names.map(\.speaker) == live.names.map(\.speaker).sorted())
        #expect(live.names.allSatisfy { $0.similarity >= KnownVoices.standardSimilarity })
        // A name never belongs to two speakers, and without known voices there is none.
        #expect(seen.allSatisfy { Set($0.map(\.name)).count == $0.count && Set($0.map(\.speaker)).count == $0.count })
        #expect(Session((0..<30).map { $0 % 2 }).names.isEmpty)
    }

    @Test func aCorrectionConcernsTheWordsWhoseMiddleLiesInIt() {
        var segments = [
            Segment(
                words: [
                    Word(text: "а", start: 1, end: 1, confidence: 1),
                    Word(text: "б", start: 1.5, end: 2, confidence: 1),
                ], start: 0, end: 3, endpoint: .silence)
        ]
        let text = segments[0].text
        #expect(segments.relabel([SpeakerSpan(start: 1, end: 1.001, speaker: 3)]) == [0])
        #expect(segments[0].words.map(\.speaker) == [3, nil])
        #expect(
            segments.relabel([SpeakerSpan(start: 1, end: 2, speaker: 4), SpeakerSpan(start: 5, end: 4, speaker: 1)])
                == [0])
        #expect(segments[0].words.map(\.speaker) == [4, 4] && segments[0].text == text)
    }
}

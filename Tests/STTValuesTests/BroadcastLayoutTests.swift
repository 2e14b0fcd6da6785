import TestSupport
import Testing

@testable import STTValues

/// Captions by the rules of broadcasters: tables, and what holds for any words.
@Suite struct BroadcastLayoutTests {
    private static let options = RenderingOptions(captions: .broadcast)

    private func cues(_ words: [Word]) -> [Cue] { CueLayout.cues(of: words, options: Self.options) }

    /// Words of 0.4 s at the given starts, in tenths of a second.
    private func words(_ text: String, every tenths: Int = 5, length: Double = 0.4, speaker: Int? = nil) -> [Word] {
        text.split(separator: " ").enumerated().map { index, word in
            let start = Double(index * tenths) / 10
            return Word(String(word), start, start + length, speaker: speaker)
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let lines: [String]
    }

    @Test(arguments: [
        Case(
            testDescription: "a short sentence is one line", text: "Привет, как дела?", lines: ["Привет, как дела?"]),
        Case(
            testDescription: "a comma ends a line before a preposition would",
            text: "Поезд Самара – Казань прибывает на второй путь, билет стоит дорого.",
            lines: ["Поезд Самара – Казань прибывает\nна второй путь, билет стоит дорого."]),
        Case(
            testDescription: "sentences have cues of their own",
            text: "Это первое предложение. Это второе предложение.",
            lines: ["Это первое предложение.", "Это второе предложение."]),
        Case(
            testDescription: "a word longer than a line is not split",
            text: "да тетрагидропиранилциклопентилтетрагидропиридопиридиновые нет",
            lines: ["да", "тетрагидропиранилциклопентилтетрагидропиридопиридиновые", "нет"]),
    ])
    func wordsAreDividedAsAReaderExpects(_ test: Case) {
        #expect(cues(words(test.text, every: 4)).map(\.text) == test.lines)
    }

    @Test func aPauseAndAnotherSpeakerEndACue() {
        let pause = [Word("раз", 0, 0.4), Word("два", 1.2, 1.6)]
        #expect(cues(pause).map(\.text) == ["раз", "два"])
        // The first word stays for the reader, the second until the end of the speech.
        #expect(cues(pause).map { [$0.start, $0.end] } == [[0, 0.7], [1.2, 1.9]])
        let turns = [Word("раз", 0, 0.4, speaker: 0), Word("два", 0.4, 0.8, speaker: 1)]
        #expect(cues(turns).map(\.text) == ["[SPEAKER_0] раз", "[SPEAKER_1] два"])
        // The next speaker is not shown late, though the first cue is too short then.
        #expect(cues(turns).map(\.end) == [0.4, 1.15])
    }

    @Test func aWordOfTenSecondsIsShownForSeven() {
        #expect(cues([Word("а", 0, 10), Word("б", 10, 10.5)]).map { [$0.start, $0.end] } == [[0, 7], [10, 10.7]])
    }

    @Test func whatIsWrittenWithSpacesIsDivided() {
        let phone = "8 (912) 345-67-89 добавочный 123 4567 8901 2345 6789"
        let cues = cues([Word("телефон", 0, 1), Word(phone, 1, 4)])
        #expect(cues.flatMap { $0.text.split { $0 == " " || $0 == "\n" } }.joined(separator: " ") == "телефон " + phone)
        #expect(cues.allSatisfy { $0.text.split(separator: "\n").allSatisfy { $0.count <= 42 } })
    }

    @Test func aLabelThatLeavesNoRoomForAWordHasALineOfItsOwn() {
        let word = String(repeating: "а", count: 40)
        #expect(cues([Word(word, 0, 3, speaker: 1)]).map(\.text) == ["[SPEAKER_1]\n\(word)"])
    }

    @Test func wordsThatWereWrittenAsOneAreShownAsWritten() {
        var segment = Segment(
            words: [Word("мне", 0, 0.2), Word("двадцать", 0.3, 0.6), Word("пять", 0.6, 0.8), Word("лет", 0.8, 1)],
            start: 0, end: 1, endpoint: .silence)
        segment.text = "Мне 25 лет."
        segment.wordSpans = [0..<6, 7..<9, 7..<9, 10..<17]
        #expect(segment.writtenWords.map(\.text) == ["Мне", "25", "лет."])
        #expect(segment.writtenWords.map(\.start) == [0, 0.3, 0.8])
        #expect(segment.writtenWords.map(\.end) == [0.2, 0.8, 1])
        let transcript = Transcript(segments: [segment], duration: 1)
        #expect(transcript.rendered(as: .subRip).contains("\nМне 25 лет.\n"))
        // The grouping of gigastt 2.3 shows the words of the model.
        let compat = transcript.rendered(as: .subRip, options: RenderingOptions(cues: .compat))
        #expect(compat.contains("\nмне двадцать пять лет\n"))
    }
}

/// What holds for any words.
@Suite struct BroadcastPropertyTests {
    private static let rules = CaptionRules.broadcast

    /// Words of one passage: speech of any rate with pauses, marks and prepositions, by up to two speakers.
    private static func words(_ random: inout SeededRandom, count: Int) -> [Word] {
        var time = 0.0
        var speaker: Int? = [nil, 0].randomElement(using: &random) ?? nil
        return (0..<count).map { index in
            if speaker != nil, Int.random(in: 0..<12, using: &random) == 0 {
                speaker = Int.random(in: 0...1, using: &random)
            }
            let short = ["в", "на", "и", "с", "не", "под"]
            let long = String(repeating: "я", count: Int.random(in: 2...(index % 17 == 0 ? 50 : 12), using: &random))
            let text = Bool.random(using: &random) && Bool.random(using: &random) ? short[index % 6] : long
            let mark = ["", "", "", "", ",", ".", "?"].randomElement(using: &random) ?? ""
            let start = time + ([0, 0, 0.04, 0.32, 0.9].randomElement(using: &random) ?? 0)
            time = start + Double.random(in: 0...0.08, using: &random) * Double(text.count)
            return Word(text + mark, start, time, speaker: speaker)
        }
    }

    @Test(arguments: UInt64(0)..<300)
    func everyWordIsShownOnceInOrderAndLimitsHoldWhereTheyCan(seed: UInt64) {
        var random = SeededRandom(seed)
        let words = Self.words(&random, count: Int.random(in: 0...80, using: &random))
        let cues = BroadcastLayout(words, rules: Self.rules).cues()
        let shown = cues.flatMap { $0.text.split { $0 == " " || $0 == "\n" } }.filter { !$0.hasPrefix("[SPEAKER_") }
        #expect(shown.map(String.init) == words.map(\.text))
        var rest = words[...]
        for (index, cue) in cues.enumerated() {
            let lines = cue.text.split(separator: "\n", omittingEmptySubsequences: false)
            let tokens = lines.joined(separator: " ").split(separator: " ").filter { !$0.hasPrefix("[SPEAKER_") }
            let own = rest.prefix(tokens.count)
            rest = rest.dropFirst(tokens.count)
            #expect(Set(own.map(\.speaker)).count == 1)
            for (word, next) in zip(own, own.dropFirst()) { #expect(next.start - word.end < 0.8 + 0.001) }
            #expect(abs(cue.start - (own.first?.start ?? -1)) <= 0.0005)
            // Only a single word, with its label, is longer than the lines allow.
            #expect(lines.count <= 2)
            #expect(lines.allSatisfy { $0.count <= 42 } || own.count == 1)
            #expect(cue.end > cue.start && cue.end - cue.start <= 7.0005)
            let next = index + 1 < cues.count ? cues[index + 1].start : .infinity
            #expect(cue.end <= max(next, cue.start + 0.0405))
            // Where a cue is short or fast, the next word leaves no more time, or seven seconds are over.
            let wanted = max(0.7, Double(cue.text.count) / 20)
            #expect(cue.end - cue.start >= min(wanted, next - cue.start, 7) - 0.001)
        }
        #expect(rest.isEmpty)
    }

    /// Every division of few words is tried: none costs less.
    @Test(arguments: UInt64(1_000)..<1_120)
    func noOtherDivisionBreaksFewerLimits(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let words = Self.words(&random, count: Int.random(in: 1...9, using: &random))
        // Lines so narrow that few words have many divisions.
        var rules = Self.rules
        rules.maxCharactersPerLine = 20
        let layout = BroadcastLayout(words, rules: rules)
        let count = layout.tokens.count
        var best: BroadcastLayout.Cost?
        division: for mask in 0..<(1 << (count - 1)) {
            var total = BroadcastLayout.Cost()
            var start = 0
            for end in 1...count where end == count || mask & (1 << (end - 1)) != 0 {
                for (word, next) in zip(words[start..<end], words[start..<end].dropFirst())
                where word.speaker != next.speaker
                    || Timestamp(seconds: next.start).milliseconds - Timestamp(seconds: word.end).milliseconds >= 800
                {
                    continue division
                }
                guard end - start == 1 || words[end - 1].end - words[start].start <= 7,
                    let cost = layout.cost(of: start..<end)
                else { continue division }
                total = total + cost
                start = end
            }
            if best.map({ total < $0 }) ?? true { best = total }
        }
        var start = 0
        var own = BroadcastLayout.Cost()
        for cue in layout.cues() {
            let size = cue.text.split { $0 == " " || $0 == "\n" }.filter { !$0.hasPrefix("[SPEAKER_") }.count
            own = own + (try #require(layout.cost(of: start..<start + size)))
            start += size
        }
        #expect(own == best)
    }
}

import STTRecognition
import STTText
import TestSupport
import Testing

@testable import GigaSTT

/// Numbers in the texts of recordings and live speech.
@Suite struct TextFormattingTests {
    private func options(_ change: (inout TextFormatting) -> Void) -> TranscriptionOptions {
        var options = TranscriptionOptions()
        change(&options.text)
        return options
    }

    @Test(arguments: ["02", "03", "04", "05", "08", "10", "11", "12"])
    func numbersAreWrittenAsByHand(name: String) async throws {
        let item = try Recordings.named(name)
        let recognizer = try await LiveModel.shared
        let transcript = try await recognizer.transcribe(item.url)
        // What the model misheard is no matter of the rules.
        if transcript.words.map(\.text).joined(separator: " ") == item.text {
            #expect(transcript.text == item.written)
        } else {
            #expect(["03", "10", "11"].contains(name))
            #expect(WordErrors.count(transcript.text, against: item.written) <= 6)
        }
        let off = try await recognizer.transcribe(item.url, options: options { $0.numbers = false })
        #expect(off.text == transcript.words.map(\.text).joined(separator: " ") && off.words == transcript.words)
    }

    /// By the table of the reference.
    @Test(arguments: [
        ("02", "разбуди меня завтра в 7 часов 45 минут"), ("05", "мой номер 89123456789"),
    ])
    func theRulesOfGigasttTwoAreAnOption(name: String, expected: String) async throws {
        let compatible = options { ($0.numbers, $0.numberStyle) = (true, .compatible) }
        let transcript = try await LiveModel.shared.transcribe(try Recordings.named(name).url, options: compatible)
        #expect(transcript.text == expected)
    }

    @Test func aFinalHasTheTextOfTheFileAndItsSpans() async throws {
        let item = try Recordings.named("12")
        let recognizer = try await LiveModel.shared
        let file = try await recognizer.transcribe(item.url)
        let samples = try Recordings.samples(item)
        let stream = try recognizer.liveStream()
        async let feeding: Void = {
            for block in Blocking.every(1_600).blocks(samples) { try await stream.append(block) }
            try await stream.finish()
        }()
        var finals: [Segment] = []
        for try await event in stream {
            if case .final(let segment) = event { finals.append(segment) }
        }
        try await feeding
        #expect(finals.map(\.text).filter { !$0.isEmpty } == file.segments.map(\.text).filter { !$0.isEmpty })
        let alarm = try #require(finals.first { $0.text.hasSuffix("6:30") })
        #expect(alarm.spans.last?.text == "6:30" && alarm.spans.last?.words == [3, 4, 5, 6])
    }

    @Test(arguments: [
        (RecognitionHead.rnnt, false), (.ctc, false), (.multilingualCTC, false), (.multilingualLargeCTC, false),
        (.e2eRNNT, true), (.e2eCTC, true),
    ])
    func onlyHeadsThatFormatTheirTextAreLeftAlone(head: RecognitionHead, isFormatted: Bool) {
        #expect(head.writesFormattedText == isFormatted)
    }

    /// Whatever is settled once is a beginning of everything later.
    @Test(arguments: [NumberRules.full(NumberPolicy()), .compatible])
    func whatIsSettledNeverChanges(rules: NumberRules) throws {
        let vocabulary = [
            "мне", "двадцать", "пять", "лет", "в", "шесть", "тридцать", "минут", "часов", "тысяч", "рублей", "ноль",
            "целых", "десятых", "восемь", "девятьсот", "двенадцать", "без", "мая", "первого", "минус", "процентов", "7",
        ]
        let finisher = SegmentFinisher([NumberPass(rules: rules)])
        var random = SeededRandom(5)
        for _ in 0..<2_000 {
            let words = (0..<Int.random(in: 1...14, using: &random)).map { _ in
                Word(
                    text: vocabulary.randomElement(using: &random) ?? "", start: 0, end: 0, confidence: 1)
            }
            let whole = try finisher.text(of: words, isComplete: true)
            #expect(whole.settledWordCount == words.count)
            for count in 1...words.count {
                let part = try finisher.text(of: Array(words[..<count]), isComplete: false)
                let spans = part.spans.prefix(part.settledWordCount)
                #expect(spans.elementsEqual(whole.spans.prefix(part.settledWordCount)), "\(words.map(\.text)) \(count)")
                let end = spans.last?.upperBound ?? 0
                #expect(part.text.utf8.prefix(end).elementsEqual(whole.text.utf8.prefix(end)))
            }
        }
    }
}

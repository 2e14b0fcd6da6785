import Foundation
import STTText
import STTValues
import Testing

@testable import STTRecognition

/// What is masked in the text is masked everywhere.
@Suite struct MaskPassTests {
    private static let phone =
        "мой номер восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять спасибо бля"
    private static let numerals = ["девятьсот", "двенадцать", "триста", "сорок", "шестьдесят", "восемьдесят"]
    private static let digits = ["912", "345", "67", "89"]

    private static func words(_ text: String) -> [Word] {
        text.split(separator: " ").map { Word(text: String($0), start: 0, end: 0, confidence: 1) }
    }

    private static func finisher(_ numbers: Bool) -> SegmentFinisher {
        let mask = MaskPass(MaskRules(profanity: true, personal: true))
        return SegmentFinisher(numbers ? [NumberPass(rules: .full(NumberPolicy())), mask] : [mask])
    }

    private static func leaks(_ text: String) -> [String] { (numerals + digits + ["бля"]).filter { text.contains($0) } }

    @Test(arguments: [true, false]) func noFormatShowsWhatIsMasked(numbers: Bool) throws {
        let segment = Segment(words: Self.words(Self.phone), start: 0, end: 0, endpoint: .silence)
        let finished = try Self.finisher(numbers).finish(segment)
        #expect(finished.text == "мой номер *** спасибо ***")
        #expect(
            finished.masked == [
                MaskedSpan(kind: "phone", start: 10, end: 13), MaskedSpan(kind: "profanity", start: 22, end: 25),
            ])
        let masked = Array(repeating: "***", count: 10)
        #expect(finished.words.map(\.text) == ["мой", "номер"] + masked + ["спасибо", "***"])
        let transcript = Transcript(segments: [finished], duration: 0)
        #expect(transcript.masked == finished.masked)
        for format in TranscriptFormat.allCases {
            var options = RenderingOptions()
            (options.wordTimestamps, options.segments) = (true, true)
            for captions in CaptionStyle.allCases {
                options.captions = captions
                #expect(Self.leaks(transcript.rendered(as: format, options: options)) == [], "\(format) \(captions)")
            }
        }
        let data = try JSONEncoder().encode(finished)
        #expect(Self.leaks(String(decoding: data, as: UTF8.self)) == [])
        #expect(Self.leaks(finished.spans.map(\.text).joined()) == [])
    }

    /// A misheard digit spoils the number of another reading, which would then be shown.
    @Test func noOtherReadingShowsAMaskedNumber() throws {
        var segment = Segment(words: Self.words(Self.phone), start: 0, end: 0, endpoint: .silence)
        let other = Self.phone.replacingOccurrences(of: " восемьдесят", with: "")
        segment.alternatives = [Self.phone, other].map { Alternative(text: $0, words: Self.words($0), score: 0) }
        let finished = try Self.finisher(true).finish(segment)
        #expect(finished.alternatives?.map(\.text) == [finished.text])
        let data = try JSONEncoder().encode(finished)
        #expect(Self.leaks(String(decoding: data, as: UTF8.self)) == [])
    }

    /// However many words are there and are stable, no partial shows more of the number than its first digit, and what is
    /// committed is the beginning of the final.
    @Test(arguments: [true, false]) func noPartialShowsANumberThatMayBePersonal(numbers: Bool) throws {
        let words = Self.words(Self.phone)
        let finisher = Self.finisher(numbers)
        let final = try finisher.finish(Segment(words: words, start: 0, end: 0, endpoint: .silence)).text
        for count in 1...words.count {
            for stable in 0...count {
                let partial = try finisher.finish(Partial(words: Array(words[..<count]), stableWordCount: stable))
                var shown = [partial.text, partial.stableText, partial.unstableText] + partial.words.map(\.text)
                // The last word is often torn.
                var torn = Array(words[..<count])
                torn[count - 1].text = String(torn[count - 1].text.dropLast(2))
                shown.append(try finisher.finish(Partial(words: torn, stableWordCount: min(stable, count - 1))).text)
                #expect(Self.leaks(shown.joined(separator: " ")) == [], "\(count) \(stable)")
                #expect(final.hasPrefix(partial.committedText), "\(partial.committedText)")
            }
        }
    }

    /// Numbers that turn out to be none of a person are shown again.
    @Test func otherNumbersAreShownOnceTheyAreDecided() throws {
        let finisher = Self.finisher(true)
        let words = Self.words("код семь три девять один да так")
        let open = try finisher.finish(Partial(words: Array(words[..<5]), stableWordCount: 5))
        #expect(open.text == "код ***" && open.committedText == "код")
        let decided = try finisher.finish(Partial(words: words, stableWordCount: 7), after: open.written)
        #expect(decided.text == "код 7391 да так" && decided.committedText.hasPrefix("код 7391"))
    }

    /// "₽" is written together with the number: both are masked.
    @Test func whatIsWrittenWithANumberIsMaskedWithIt() throws {
        let words = Self.words("4111 1111 1111 1111 да")
        var text = FinishedText(words)
        text.spans[0] = 0..<9
        text.spans[1] = 0..<9
        let masked = MaskPass(MaskRules(profanity: false, personal: true)).apply(to: text, of: words, isComplete: true)
        #expect(masked.text == "*** да")
    }

    @Test func nothingIsListedWithoutMasking() throws {
        let segment = Segment(words: Self.words("да"), start: 0, end: 0, endpoint: .silence)
        #expect(try SegmentFinisher().finish(segment).masked == nil)
        #expect(try Self.finisher(false).finish(segment).masked == [])
    }
}

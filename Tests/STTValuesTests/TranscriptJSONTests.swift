import Foundation
import STTValues
import TestSupport
import Testing

@Suite struct TranscriptJSONTests {
    @Test func oneLineSortedKeysAndEveryDigit() {
        let word = Word(text: "привет", start: 0.12, end: 0.44, confidence: 0.97)
        let segment = Segment(words: [word], start: 0, end: 3.2, endpoint: .endOfInput)
        var transcript = Transcript(segments: [segment], duration: 3.2)
        transcript.segments[0].text = "Привет."
        #expect(
            transcript.rendered(as: .json)
                == #"{"duration":3.2,"text":"Привет.","words":"#
                + #"[{"confidence":0.9700000286102295,"end":0.44,"start":0.12,"word":"привет"}]}"#)
    }

    @Test func theSpeakerStandsBetweenEndAndStart() {
        let words = [Word(text: "да", start: 0, end: 1, confidence: 1, speaker: 2)]
        #expect(
            Transcript(words, duration: 3).rendered(as: .json)
                == #"{"duration":3.0,"text":"да","words":"#
                + #"[{"confidence":1.0,"end":1.0,"speaker":2,"start":0.0,"word":"да"}]}"#)
    }

    @Test func anEmptyTranscriptHasAllKeys() {
        #expect(Transcript([]).rendered(as: .json) == #"{"duration":0.0,"text":"","words":[]}"#)
    }

    @Test(arguments: [
        (#"""#, #"\""#), (#"\"#, #"\\"#), ("\n", #"\n"#), ("\r\n", #"\r\n"#), ("\t", #"\t"#), ("\u{8}", #"\b"#),
        ("\u{C}", #"\f"#), ("\u{0}", #"\u0000"#), ("\u{B}", #"\u000b"#), ("\u{F}", #"\u000f"#),
        ("\u{10}", #"\u0010"#), ("\u{1F}", #"\u001f"#), ("\u{7F}", "\u{7F}"), ("/", "/"), ("\u{2028}", "\u{2028}"),
        ("👨‍👩‍👧", "👨‍👩‍👧"), ("й", "й"), ("\u{438}\u{306}", "\u{438}\u{306}"), ("\"\u{301}", "\\\"\u{301}"),
        ("a|b-->", "a|b-->"),
    ])
    func onlyWhatMustBeEscapedIs(text: String, literal: String) {
        let document = Transcript([Word(text: text, start: 0, end: 0, confidence: 0)]).rendered(as: .json)
        let expected =
            #"{"duration":0.0,"text":"\#(literal)","words":"#
            + #"[{"confidence":0.0,"end":0.0,"start":0.0,"word":"\#(literal)"}]}"#
        #expect(Array(document.utf8) == Array(expected.utf8))
    }

    @Test(arguments: UInt64(0)..<50)
    func anotherParserReadsBackEveryWord(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let transcript = Transcript(random.words())
        let document = Data(transcript.rendered(as: .json).utf8)
        let parsed = try JSONDecoder().decode(ParsedTranscript.self, from: document)
        #expect(parsed.duration == transcript.duration)
        #expect(parsed.text == transcript.text)
        #expect(parsed.words.map(\.value) == transcript.words)
    }

    @Test func wordsWithoutASpeakerHaveNoKey() throws {
        let document = Data(Transcript([Word("да", 0, 1), Word("нет", 1, 2, speaker: 0)]).rendered(as: .json).utf8)
        let parsed = try #require(try JSONSerialization.jsonObject(with: document) as? [String: Any])
        let words = try #require(parsed["words"] as? [[String: Any]])
        #expect(Set(parsed.keys) == ["duration", "text", "words"])
        #expect(
            words.map { Set($0.keys) } == [
                ["confidence", "end", "start", "word"], ["confidence", "end", "speaker", "start", "word"],
            ])
    }

    @Test func everyControlCharacterReadsBack() throws {
        let text = String(String.UnicodeScalarView((0...0x9F).compactMap { Unicode.Scalar($0 as UInt32) }))
        let document = Data(Transcript([Word(text, 0, 1)]).rendered(as: .json).utf8)
        let parsed = try #require(try JSONSerialization.jsonObject(with: document) as? [String: Any])
        #expect(parsed["text"] as? String == text)
    }
}

/// The document as Foundation reads it.
///
/// Not through `JSONSerialization`: its numbers lose the last digit on Linux.
private struct ParsedTranscript: Decodable {
    struct ParsedWord: Decodable {
        let word: String
        let start: Double
        let end: Double
        let confidence: Double
        let speaker: Int?

        var value: Word {
            Word(text: word, start: start, end: end, confidence: Float(confidence), speaker: speaker)
        }
    }

    let duration: Double
    let text: String
    let words: [ParsedWord]
}

import Foundation
import STTValues
import Testing

@Suite struct CodableTests {
    @Test func aTranscriptIsReadBackAsItWasWritten() throws {
        var transcript = Transcript.dialogue
        transcript.segments.append(Segment(words: [], start: 1.4, end: 9.25, endpoint: .silence))
        let data = try JSONEncoder().encode(transcript)
        #expect(try JSONDecoder().decode(Transcript.self, from: data) == transcript)
    }

    /// The keys are an interface of the library.
    @Test func theKeysAreThoseOfTheProperties() throws {
        let data = try JSONEncoder().encode(Transcript([Word("да", 0, 1)]))
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(Set(object.keys) == ["segments", "duration"])
        let segment = try #require((object["segments"] as? [[String: Any]])?.first)
        #expect(Set(segment.keys) == ["text", "words", "start", "end", "endpoint"])
        let word = try #require((segment["words"] as? [[String: Any]])?.first)
        #expect(Set(word.keys) == ["text", "start", "end", "confidence"])
        #expect(segment["endpoint"] as? String == "endOfInput")
    }
}

import STTValues
import TestSupport
import Testing

/// Names of speakers by vectors whose angles are known.
@Suite struct KnownVoicesTests {
    /// A voice in the plane, at this similarity to (1, 0).
    private func voice(_ name: String, _ similarity: Float, model: String = "m") -> VoicePrint {
        let vector = [similarity, (1 - similarity * similarity).squareRoot()]
        return VoicePrint(name: name, vector: vector, seconds: 10, model: model)
    }

    struct Case: Sendable {
        let known: [(String, Float)]
        let expected: String?
    }

    @Test(arguments: [
        Case(known: [("Анна", 0.9)], expected: "Анна"),
        Case(known: [("Анна", 0.74)], expected: nil),
        Case(known: [("Анна", 0.76)], expected: "Анна"),
        Case(known: [("Анна", -1)], expected: nil),
        // The best by a margin of 0.05.
        Case(known: [("Анна", 0.9), ("Пётр", 0.8)], expected: "Анна"),
        Case(known: [("Анна", 0.8), ("Пётр", 0.9)], expected: "Пётр"),
        Case(known: [("Анна", 0.9), ("Пётр", 0.87)], expected: nil),
        // Two voices of one name do not compete.
        Case(known: [("Анна", 0.9), ("Анна", 0.89)], expected: "Анна"),
    ]) func aVoiceGetsTheNameThatIsSimilarEnoughAndBestByAMargin(_ test: Case) throws {
        let known = try KnownVoices(test.known.map { voice($0.0, $0.1) })
        // The length of a vector says nothing.
        let names = known.names(of: [[5, 0]])
        #expect(names.map(\.name) == (test.expected.map { [$0] } ?? []))
        #expect(names.allSatisfy { $0.speaker == 0 })
    }

    @Test func aNameGoesToTheMostSimilarSpeakerOnly() throws {
        let known = try KnownVoices([voice("Анна", 1)])
        let names = known.names(of: [voice("", 0.8).vector, voice("", 0.95).vector, voice("", 0.9).vector])
        #expect(names.map(\.speaker) == [1] && abs((names.first?.similarity ?? 0) - 0.95) < 1e-5)
    }

    @Test func vectorsThatCannotBeComparedHaveNoName() throws {
        let known = try KnownVoices([voice("Анна", 1)])
        #expect(known.names(of: [[1, 0, 0], [], [.nan, 1], [0, 0], [.infinity, 0]]).isEmpty)
    }

    @Test func whatIsNotOfOneModelIsRefused() {
        let sets: [[VoicePrint]] = [
            [], [voice("а", 1), voice("б", 1, model: "another")],
            [voice("а", 1), VoicePrint(name: "б", vector: [1, 0, 0], seconds: 5, model: "m")],
            [VoicePrint(name: "а", vector: [], seconds: 5, model: "m")],
        ]
        for voices in sets { #expect(throws: GigaSTTError.self) { try KnownVoices(voices) } }
    }

    @Test func tenThousandVoicesAreComparedAndOneMoreIsRefused() throws {
        var random = SeededRandom(7)
        let prints = (0..<10_000).map { index in
            VoicePrint(
                name: "\(index)", vector: (0..<32).map { _ in Float.random(in: -1...1, using: &random) }, seconds: 5,
                model: "m")
        }
        let known = try KnownVoices(prints, leastSimilarity: 0.99)
        #expect(known.count == 10_000)
        let names = known.names(of: [prints[9_999].vector, prints[0].vector, prints[4_711].vector])
        #expect(names.map(\.name) == ["9999", "0", "4711"] && names.allSatisfy { $0.similarity > 0.999 })
        #expect(throws: GigaSTTError.self) { try KnownVoices(prints + [voice("x", 1)]) }
    }

    @Test(arguments: [
        ("Анна", "Анна"), ("  Анна   Ивановна ", "Анна Ивановна"),
        (String(repeating: "я", count: 64), nil as String?),
    ]) func namesLoseTheirBlanks(text: String, expected: String?) throws {
        #expect(try VoicePrint.checkedName(text) == expected ?? text)
    }

    @Test(arguments: ["", "  ", "a\u{0}b", "a\u{202E}b", String(repeating: "я", count: 65), "a\u{2028}b\u{7}"])
    func namesThatCannotBeShownAreRefused(text: String) {
        #expect(throws: GigaSTTError.self) { try VoicePrint.checkedName(text) }
    }

    @Test func transcriptsSayTheNames() {
        let words = [0, 1].map { speaker in
            Word(
                text: "да", start: Double(speaker), end: Double(speaker) + 0.5, confidence: 1, speaker: speaker)
        }
        let segment = Segment(words: words, start: 0, end: 2, endpoint: .endOfInput)
        var transcript = Transcript(segments: [segment], duration: 2)
        #expect(!transcript.rendered(as: .json).contains("speaker_names"))
        transcript.speakerNames = [SpeakerName(speaker: 1, name: "А*а", similarity: 0.75)]
        #expect(
            transcript.rendered(as: .json).contains(
                #""speaker_names":[{"name":"А*а","similarity":0.75,"speaker":1}]"#))
        let headings = transcript.rendered(as: .minutes).split(separator: "\n").filter { $0.hasPrefix("## ") }
        #expect(headings == ["## SPEAKER_0", #"## SPEAKER_1 (А\*а)"#])
    }
}

import STTRecognition
import STTValues
import Testing

/// Cases 174–180 of the gigastt contract, in the reading in which no word is lost or doubled. The cut is at 23 s.
@Suite struct StitcherTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let first: [Word]
        let second: [Word]
        let text: String
        var testDescription: String { name }
    }

    /// A word of one token, or one that lasts.
    private static func word(_ text: String, _ start: Double, _ end: Double? = nil, _ confidence: Float = 1) -> Word {
        Word(text: text, start: start, end: end ?? start, confidence: confidence)
    }

    static let cases = [
        Case(
            name: "a word in both windows, before the cut",
            first: [word("first", 1), word("middle", 21), word("dup", 22.4)],
            second: [word("dup", 22.5), word("later", 25), word("end", 40)], text: "first middle dup later end"),
        Case(
            name: "another reading behind the cut", first: [word("keep", 22), word("a_tail", 23.5)],
            second: [word("b_seam", 23.2), word("b_late", 30)], text: "keep b_seam b_late"),
        Case(
            name: "before the cut, then behind it", first: [word("на", 22), word("мосту", 22.96)],
            second: [word("мосту", 23.04), word("стоял", 24)], text: "на мосту стоял"),
        Case(
            name: "behind the cut, then before it", first: [word("на", 22), word("мосту", 23.04)],
            second: [word("мосту", 22.96), word("стоял", 24)], text: "на мосту стоял"),
        Case(
            name: "on the cut", first: [word("шов", 23, nil, 0.5)],
            second: [word("шов", 23, nil, 0.9), word("после", 24)], text: "шов после"),
        Case(
            name: "a second window without words", first: [word("до", 22), word("хвост", 23.04)], second: [],
            text: "до хвост"),
        Case(
            name: "words on both sides", first: [word("перед", 22.6, 22.9)],
            second: [word("после", 23.1), word("конец", 24)], text: "перед после конец"),
        Case(
            name: "a word said twice across the cut", first: [word("да", 22.88), word("да", 23.12)],
            second: [word("да", 22.92), word("да", 23.16), word("нет", 24)], text: "да да нет"),
        Case(
            name: "a word said three times", first: [word("да", 22.6), word("да", 22.88), word("да", 23.12)],
            second: [word("да", 22.6), word("да", 22.84), word("да", 23.08), word("нет", 24)], text: "да да да нет"),
        Case(
            name: "the same word much later", first: [word("да", 22.8)], second: [word("да", 23.3)], text: "да да"),
        Case(
            name: "a word that only the first window has, before all others",
            first: [word("а", 22), word("вот", 23.1)],
            second: [word("и", 24)], text: "а вот и"),
        Case(
            name: "a word that the second window hears otherwise", first: [word("а", 22), word("вод", 23.1, 23.3)],
            second: [word("вот", 23.14, 23.34)], text: "а вот"),
        Case(
            name: "a word before the cut that only the second window has", first: [word("одного", 21.9, 22.3)],
            second: [word("часа", 22.6, 22.8), word("с", 24)], text: "одного часа с"),
        Case(
            name: "the end of a word that was kept", first: [word("одного", 22.4, 22.6)],
            second: [word("ого", 22.72, 22.76), word("с", 24)], text: "одного с"),
        Case(
            name: "left context of the second window", first: [word("а", 22.5)],
            second: [word("обрывок", 22.2), word("бэ", 23.5)], text: "а бэ"),
        // Heads that punctuate. The second window knows how a sentence goes on.
        Case(
            name: "a full stop because the first window ends", first: [word("на", 22), word("мосту.", 22.96)],
            second: [word("мосту", 23.04), word("стоял", 24)], text: "на мосту стоял"),
        Case(
            name: "a full stop behind the cut", first: [word("на", 22), word("мосту.", 23.04)],
            second: [word("мосту,", 22.96), word("где", 24)], text: "на мосту, где"),
        Case(
            name: "a full stop that both windows have", first: [word("на", 22), word("мосту.", 22.9)],
            second: [word("мосту.", 22.9), word("Там", 24)], text: "на мосту. Там"),
        Case(
            name: "a capital because the second window begins", first: [word("на", 22.3), word("мосту", 22.9)],
            second: [word("На", 22.34), word("мосту", 22.94), word("стоял", 24)], text: "на мосту стоял"),
        Case(
            name: "a full stop that only the first window has", first: [word("на", 22), word("мосту.", 22.9)],
            second: [], text: "на мосту."),
        Case(
            name: "the end of a sentence that the second window hears otherwise",
            first: [word("на", 22), word("мосту.", 22.8, 22.92)], second: [word("мост,", 22.76, 22.84), word("а", 24)],
            text: "на мост, а"),
        Case(
            name: "a sign that stands alone", first: [word("да", 22.6), word("—", 22.9)],
            second: [word("—", 22.94), word("нет", 24)], text: "да — нет"),
        Case(name: "nothing at all", first: [], second: [], text: ""),
    ]

    @Test(arguments: cases) func aWordNearTheCutAppearsOnce(_ expected: Case) {
        var stitcher = Stitcher()
        let words =
            stitcher.join(expected.first, continues: false, nextCut: 23)
            + stitcher.join(expected.second, continues: true, nextCut: nil)
        #expect(words.map(\.text).joined(separator: " ") == expected.text)
        #expect(zip(words, words.dropFirst()).allSatisfy { $0.start <= $1.start })
        #expect(words.allSatisfy { $0.start <= $0.end })
    }

    @Test func aWordThatIsHeardEarlierDoesNotOvertakeTheOneBefore() {
        var stitcher = Stitcher()
        _ = stitcher.join([Self.word("на", 22.96), Self.word("мосту", 23)], continues: false, nextCut: 22.98)
        let rest = stitcher.join([Self.word("мосту", 22.92, 22.94)], continues: true, nextCut: nil)
        #expect(rest == [Self.word("мосту", 22.96)])
    }

    @Test func aPauseForgetsTheCut() {
        var stitcher = Stitcher()
        _ = stitcher.join([Self.word("а", 22.9), Self.word("б", 23.1)], continues: false, nextCut: 23)
        _ = stitcher.join([Self.word("б", 23.1)], continues: true, nextCut: nil)
        let words = [Self.word("а", 22.9), Self.word("б", 23.1)]
        #expect(stitcher.join(words, continues: false, nextCut: nil) == words)
        #expect(stitcher.join(words, continues: true, nextCut: nil) == words)
    }

    @Test func aWindowMayBeCutAtBothEnds() {
        var stitcher = Stitcher()
        let one = stitcher.join([Self.word("а", 22), Self.word("б", 23.2)], continues: false, nextCut: 23)
        let two = stitcher.join([Self.word("б", 23.2), Self.word("в", 44.9)], continues: true, nextCut: 45)
        let three = stitcher.join([Self.word("в", 45.04), Self.word("г", 46)], continues: true, nextCut: nil)
        #expect((one + two + three).map(\.text) == ["а", "б", "в", "г"])
    }
}

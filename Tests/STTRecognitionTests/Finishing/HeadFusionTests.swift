import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// Words of one head with the marks, capitals and digits of another.
@Suite struct HeadFusionTests {
    /// Words half a second apart. `@1.5` behind a word is its start.
    private static func words(_ text: String) -> [Word] {
        text.split(separator: " ").enumerated().map { index, part in
            let pieces = part.split(separator: "@")
            let start = pieces.count > 1 ? Double(pieces[1]) ?? 0 : Double(index) / 2
            return Word(text: String(pieces[0]), start: start, end: start + 0.4, confidence: 1)
        }
    }

    private static func text(_ bare: [Word], _ marked: [Word]) throws -> Segment {
        let words = HeadFusion.fuse(bare, with: marked)
        return try SegmentFinisher([FusionPass()]).finish(
            Segment(words: words, start: 0, end: 60, endpoint: .silence))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bare: String
        let marked: String
        let expected: String

        init(_ name: String, _ bare: String, _ marked: String, _ expected: String) {
            (testDescription, self.bare, self.marked, self.expected) = (name, bare, marked, expected)
        }
    }

    /// Expected texts are written by hand from the two readings and the rule: no bare word is lost, and nothing but marks,
    /// capitals and digits is taken from the other head.
    static let cases: [Case] = [
        Case("marks and capitals", "добрый день анна", "Добрый день, Анна!", "Добрый день, Анна!"),
        Case("nothing from the other head", "добрый день", "", "добрый день"),
        Case("nothing but marks from the other head", "да", "…", "да"),
        Case("a word that only the other head has", "добрый день", "Ну, добрый день.", "добрый день."),
        Case("the mark behind such a word", "добрый день", "Добрый@0 день@0.5 ага?@3", "Добрый день?"),
        Case("no second mark behind such a word", "добрый день", "Добрый@0 день.@0.5 ага?@3", "Добрый день."),
        Case("a word that only the bare head has", "да ну привет", "Да,@0 привет.@1", "Да, ну привет."),
        Case("another word in its place", "позвони маше", "Позвони Саше.", "Позвони Маше."),
        Case("a quite different word at the same time", "живёт в орле", "Живёт в Туле.", "Живёт в Орле."),
        Case("all capitals", "сша и канада", "США и Канада.", "США и Канада."),
        Case("all capitals of a like word", "сжа", "США.", "СЖА."),
        Case("yo stays as the bare head writes it", "ещё ель", "Еще ёль.", "Ещё ель."),
        Case("yo stays a plain letter", "еще", "Ещё!", "Еще!"),
        Case("a hyphen", "кто то пришёл", "Кто-то пришёл.", "Кто-то пришёл."),
        Case("a hyphen with capitals", "еду в нью йорк", "Еду@0 в@0.5 Нью-Йорк.@1", "Еду в Нью-Йорк."),
        Case("two words of the other head", "вобщем да", "В@0 общем,@0.2 да.@0.5", "В общем, да."),
        Case("a dash between words", "москва столица", "Москва@0 —@0.3 столица.@0.5", "Москва — столица."),
        Case("quotes", "роман война и мир", "Роман «Война и мир».", "Роман «Война и мир»."),
        Case("repeated words by their times", "да да да", "Да,@0 да.@1", "Да, да да."),
        Case("digits", "в две тысячи пятом году", "В@0 2005@0.5 году.@2", "В 2005 году."),
        Case("digits with an ending", "пятое марта", "5-е марта.", "5-е марта."),
        Case("a unit within the group", "стоит сто рублей", "Стоит 100 ₽.", "Стоит 100 ₽."),
        Case("a unit behind digits without space", "скидка двадцать процентов", "Скидка 20%.", "Скидка 20%."),
        Case("a unit in words", "сто рублей", "100 рублей.", "100 рублей."),
        Case("a unit that the other head lacks", "сто рублей", "100.", "100. рублей"),
        Case("a month that the other head lacks", "двенадцатого марта", "12.", "12. марта"),
        Case("a preposition behind the number", "в двенадцать с другом", "В@0 12@0.5 другом.@1.5", "В 12 с другом."),
        Case("groups of digits", "стоит тысяча двести пятьдесят рублей", "Стоит@0 1@0.5 250@1 ₽.@2", "Стоит 1 250 ₽."),
        Case("a time", "в восемь тридцать", "В 8:30.", "В 8:30."),
        Case("a decimal", "полтора литра", "1,5 литра.", "1,5 литра."),
        Case(
            "a phone", "восемь восемьсот пятьсот пятьдесят пять тридцать пять тридцать пять",
            "8@0 800@0.5 555@1 35@2.5 35@3.5", "8 800 555 35 35"),
        Case("numerals that both write in words", "два слова", "Два слова.", "Два слова."),
        // The words decide: the digits are then those of the number rules.
        Case("other digits than the words", "двадцать пять", "26.", "25."),
        Case("digits for no number", "скажи ему", "5 ему.", "скажи ему."),
        Case("numbers side by side", "пять шесть", "5,@0 6.@0.5", "5, 6."),
        Case("far apart", "раз", "Раз.@9", "раз"),
    ]

    @Test(arguments: cases) func readingsAreJoined(_ item: Case) throws {
        let bare = Self.words(item.bare)
        let segment = try Self.text(bare, Self.words(item.marked))
        #expect(segment.text == item.expected)
        #expect(segment.words == bare)
    }

    @Test func wordsOfAGroupShareItsSpan() throws {
        let segment = try Self.text(Self.words("дом двадцать пять"), Self.words("Дом@0 25.@0.5"))
        let spans = segment.writtenWords.map { ($0.text, $0.indices) }
        #expect(spans.map(\.0) == ["Дом", "25."] && spans.map(\.1) == [0..<1, 1..<3])
    }

    /// At the join of two windows a group may lose a word to the other window: then its words are written bare.
    @Test func brokenGroupsAreBareWords() throws {
        let words = HeadFusion.fuse(Self.words("дом двадцать пять"), with: Self.words("Дом@0 25.@0.5"))
        for kept in [[0, 1], [0, 2], [2], [1]] {
            let segment = Segment(words: kept.map { words[$0] }, start: 0, end: 9, endpoint: .silence)
            let text = try SegmentFinisher([FusionPass()]).finish(segment).text
            #expect(text.lowercased() == segment.text, "\(kept)")
        }
    }

    @Test func partialsAreBareAndSettleNothing() throws {
        let words = Self.words("добрый день")
        let partial = try SegmentFinisher([FusionPass()]).finish(Partial(words: words, stableWordCount: 2))
        #expect(partial.text == "добрый день" && partial.committedText.isEmpty)
    }

    @Test func readingsBeyondTheLimitAreNotFused() throws {
        let many = (0..<600).map { Word(text: "да", start: Double($0) / 10, end: Double($0) / 10, confidence: 1) }
        #expect(HeadFusion.fuse(many, with: many) == many)
    }

    /// Random readings: a bare one, and one that was changed at random from it.
    @Test func noWordIsLostAndNoMarkDoubled() throws {
        var random = SeededRandom(11)
        let plain = ["дом", "кто", "то", "ещё", "москва", "нью", "йорк", "да", "орёл", "столица"]
        let numerals = ["двадцать", "пять", "сто", "тысяча", "рублей", "марта", "первого", "и", "с"]
        let marks = ["", "", "", ",", ".", "!", "?", " —", "…"]
        for _ in 0..<400 {
            let texts = (0..<Int.random(in: 1...14, using: &random)).map { _ in
                (Int.random(in: 0..<3, using: &random) == 0 ? numerals : plain).randomElement(using: &random) ?? ""
            }
            let bare = Self.words(texts.joined(separator: " "))
            var marked: [Word] = []
            for word in bare {
                let choice = Int.random(in: 0..<8, using: &random)
                if choice == 0 { continue }
                var text =
                    switch choice {
                    case 1: "\(Int.random(in: 0..<2_000, using: &random))"
                    case 2: plain.randomElement(using: &random) ?? ""
                    case 3: "20%"
                    default: word.text.prefix(1).uppercased() + word.text.dropFirst()
                    }
                let mark = marks.randomElement(using: &random) ?? ""
                if mark.first != " " { text += mark }
                let start = word.start + Double.random(in: -0.2...0.2, using: &random)
                marked.append(Word(text: text, start: start, end: start, confidence: 1))
                if mark.first == " " { marked.append(Word(text: "—", start: start, end: start, confidence: 1)) }
            }
            let segment = try Self.text(bare, marked)
            let note = "\(texts) + \(marked.map(\.text)) → \(segment.text)"
            // Every word is written with its letters, or in a group with digits.
            for written in segment.writtenWords {
                let letters = written.text.lowercased().filter { $0.isLetter }
                let isWhole = letters == written.words.map(\.text).joined()
                #expect(isWhole || written.text.contains(where: \.isNumber), "\(note)")
            }
            #expect(segment.writtenWords.flatMap { Array($0.indices) } == Array(bare.indices), "\(note)")
            let isMark = { (character: Character) in ".,!?…—".contains(character) }
            for (first, second) in zip(segment.text, segment.text.dropFirst()) {
                #expect(!(isMark(first) && isMark(second)), "\(note)")
            }
            let given = marked.map(\.text).joined().count(where: isMark)
            #expect(segment.text.count(where: isMark) <= given, "\(note)")
        }
    }
}

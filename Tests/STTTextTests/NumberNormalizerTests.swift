import STTText
import Testing

@Suite struct NumberNormalizerTests {
    private func written(_ text: String, _ change: (inout NumberPolicy) -> Void = { _ in }) -> String {
        var policy = NumberPolicy()
        change(&policy)
        return NumberRules.full(policy).apply(to: text)
    }

    @Test func zerosAreKeptAndNeighboursAreNotJoined() {
        #expect(written("два три") == "2 3")
        #expect(written("ноль ноль семь") == "007")
        #expect(written("сто двести") == "100 200")
        #expect(written("двадцать ноль") == "20 0")
    }

    @Test func smallNumbersFollowThePolicy() {
        #expect(written("один человек купил пять яблок") == "один человек купил 5 яблок")
        #expect(
            written("один человек купил пять яблок") { $0.smallNumbers = .words } == "один человек купил пять яблок")
        #expect(written("один человек купил пять яблок") { $0.smallNumbers = .digits } == "1 человек купил 5 яблок")
        #expect(
            written("купил двенадцать яблок за пять рублей") { $0.smallNumbers = .words } == "купил 12 яблок за 5 ₽")
    }

    @Test func thousandsAreSetApartOnRequest() {
        #expect(written("двадцать тысяч человек") { $0.groupsThousands = true } == "20\u{A0}000 человек")
        #expect(written("тысяча двести пятьдесят рублей") { $0.groupsThousands = true } == "1\u{A0}250 ₽")
        #expect(written("в две тысячи шестом году") { $0.groupsThousands = true } == "в 2006 году")
    }

    @Test func punctuationEndsANumberAndStaysWhereItWas() {
        #expect(written("Пять, шесть.") == "5, 6.")
        #expect(written("«двадцать пять»") == "«25»")
        #expect(written("двадцать, пять") == "20, 5")
    }

    /// Random sentences of numerals, units and other words.
    private struct Sentences: Sequence, IteratorProtocol {
        static let words = [
            "ноль", "один", "два", "пять", "двадцать", "сорока", "сто", "двести", "тысяча", "тысяч", "миллион",
            "первого",
            "пятая", "десятых", "третьи", "целых", "и", "с", "половиной", "мая", "года", "часов", "минут", "рублей",
            "копеек",
            "процентов", "метров", "в", "час", "секунду", "минус", "плюс", "без", "четверти", "половина", "двое",
            "суток",
            "дом", "код", "телефон", "мы", "видели", "белку", "запятая", "дробь", "восемь", "девятьсот", "двенадцать",
        ]
        var seed: UInt64

        mutating func next() -> [String]? {
            func random(_ bound: Int) -> Int {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(seed >> 33) % bound
            }
            return (0..<random(12) + 1).map { _ in Self.words[random(Self.words.count)] }
        }
    }

    @Test func whatIsSettledStaysWhateverFollows() {
        for sentence in Sentences(seed: 7).prefix(3_000) {
            let whole = NumberRules.full(NumberPolicy()).apply(to: sentence).tokens
            for length in 0..<sentence.count {
                let output = NumberRules.full(NumberPolicy()).apply(to: Array(sentence[..<length]))
                let settled = output.tokens.prefix { $0.source.upperBound <= output.settledWordCount }
                #expect(
                    Array(settled) == Array(whole.prefix(settled.count)), "\(sentence) after \(length) words")
                #expect(settled.last?.source.upperBound ?? 0 == output.settledWordCount)
            }
        }
    }

    @Test func everyWordIsInExactlyOnePiece() {
        for sentence in Sentences(seed: 11).prefix(3_000) {
            let tokens = NumberRules.full(NumberPolicy()).apply(to: sentence).tokens
            #expect(tokens.flatMap { Array($0.source) } == Array(sentence.indices))
            for token in tokens where token.source.count == 1 {
                // A word of its own is kept, or it is a numeral.
                let word = sentence[token.source.lowerBound]
                #expect(token.text == word || token.text.contains(where: \.isNumber))
            }
        }
    }

    @Test(arguments: [
        "", " ", "🙂 пять 🙂", "пять\u{301}", "שלום пять", "five пять", String(repeating: "а", count: 100_000),
        String(repeating: "двадцать", count: 10_000), "\u{0}пять", "пять-шесть", ".", "«", "…", "п", "тысячный",
        "онныйтысячный",
    ]) func oddTextsKeepTheirWords(text: String) {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let tokens = NumberRules.full(NumberPolicy()).apply(to: words).tokens
        #expect(tokens.flatMap { Array($0.source) } == Array(words.indices))
        for token in tokens where !token.text.contains(where: \.isNumber) {
            #expect(token.text == words[token.source.lowerBound])
        }
    }

    @Test func aLongRunOfDigitsIsNotRead400TimesOver() {
        let digits = Array(repeating: "семь", count: 40_000)
        #expect(NumberRules.full(NumberPolicy()).apply(to: digits).tokens.count == 40_000)
    }

    /// By the rules of grammar: no preposition governs the nominative; an hour may be read out digit by digit; each of two
    /// signs belongs to its number.
    @Test func numbersAreToldFromOtherReadings() {
        #expect(written("по сорока пунктам") == "по 40 пунктам")
        #expect(written("сорока сидела на ветке") == "сорока сидела на ветке")
        #expect(written("в ноль ноль тридцать") == "в 00:30")
        #expect(written("плюс пять плюс семь градусов") == "+5 +7°")
        #expect(written("семь плюс пять градусов") == "7 плюс 5°")
    }
}

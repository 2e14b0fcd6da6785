/// The number rules of gigastt 2.x, result for result: cardinals up to millions become digits, and neighbours are
/// joined.
///
/// Kept for clients that rely on its output. It loses zeros ("ноль семь" gives 7) and joins enumerations ("два три"
/// gives 23); `NumberNormalizer` does neither.
struct CompatibleNumbers: Sendable {
    private struct Value {
        let value: Int
        let scale: Int
    }

    private static let words: [WordKey: Value] = {
        var words: [WordKey: Value] = [:]
        func add(_ value: Int, _ scale: Int, _ forms: String) {
            for form in forms.split(separator: " ") {
                // е and ё are different letters here.
                if let key = WordKey(form, foldsYo: false) { words[key] = Value(value: value, scale: scale) }
            }
        }
        add(0, 1, "ноль ноля нолю нолем нолём ноле")
        add(1, 1, "один одна одно одного одной одному одном одним")
        add(2, 1, "два две двух двум двумя")
        add(3, 1, "три трех трёх трем трём тремя")
        add(4, 1, "четыре четырёх четырех четырём четырем четырьмя")
        add(5, 1, "пять пяти пятью")
        add(6, 1, "шесть шести шестью")
        add(7, 1, "семь семи семью")
        add(8, 1, "восемь восьми восьмью")
        add(9, 1, "девять девяти девятью")
        add(10, 10, "десять десяти десятью")
        for (offset, stem) in NumeralForms.teens.enumerated() { add(11 + offset, 10, "\(stem)ь \(stem)и") }
        add(20, 10, "двадцать двадцати")
        add(30, 10, "тридцать тридцати")
        add(40, 10, "сорок сорока")
        add(50, 10, "пятьдесят пятидесяти")
        add(60, 10, "шестьдесят шестидесяти")
        add(70, 10, "семьдесят семидесяти")
        add(80, 10, "восемьдесят восьмидесяти")
        add(90, 10, "девяносто девяноста")
        add(100, 100, "сто ста")
        add(200, 100, "двести двухсот")
        add(300, 100, "триста трехсот трёхсот")
        add(400, 100, "четыреста четырёхсот")
        add(500, 100, "пятьсот пятисот")
        add(600, 100, "шестьсот шестисот")
        add(700, 100, "семьсот семисот")
        add(800, 100, "восемьсот восьмисот")
        add(900, 100, "девятьсот девятисот")
        add(1_000, 1_000, "тысяча тысячи тысяч тысяче тысячу тысячей тысячам тысячами тысячах")
        add(
            1_000_000, 1_000_000,
            "миллион миллиона миллионов миллиону миллионе миллионам миллионами миллионах")
        return words
    }()

    /// The tokens of a text that was split at white space.
    func tokens(_ words: [Substring]) -> [NumberToken] { merged(converted(words)) }

    private func converted(_ words: [Substring]) -> [NumberToken] {
        var tokens: [NumberToken] = []
        var start = 0
        var current = 0
        var running = 0
        var previousScale = 0
        func emit(before end: Int) {
            guard start < end else { return }
            tokens.append(NumberToken(text: String(running &+ current), source: start..<end))
        }
        for (index, word) in words.enumerated() {
            guard let key = WordKey(word, foldsYo: false), let number = Self.words[key] else {
                emit(before: index)
                (start, current, running, previousScale) = (index + 1, 0, 0, 0)
                tokens.append(NumberToken(text: String(word), source: index..<index + 1))
                continue
            }
            if number.scale >= 1_000 {
                running = running &+ max(current, 1) &* number.scale
                current = 0
            } else if current > 0, number.scale >= previousScale {
                emit(before: index)
                (start, current, running) = (index, number.value, 0)
            } else {
                current += number.value
            }
            previousScale = number.scale
        }
        emit(before: words.count)
        return tokens
    }

    /// Joins runs of digits of which none is longer than three.
    private func merged(_ tokens: [NumberToken]) -> [NumberToken] {
        var merged: [NumberToken] = []
        var run: [NumberToken] = []
        func flush() {
            if run.allSatisfy({ $0.text.utf8.count <= 3 }), let first = run.first, let last = run.last {
                let text = run.map(\.text).joined()
                merged.append(NumberToken(text: text, source: first.source.lowerBound..<last.source.upperBound))
            } else {
                merged += run
            }
            run = []
        }
        for token in tokens {
            if token.isDigits {
                run.append(token)
            } else {
                flush()
                merged.append(token)
            }
        }
        flush()
        return merged
    }
}

/// The forms of Russian numerals, generated from their paradigms. ё is written е.
enum NumeralForms {
    /// 11…19 without the last letter.
    static let teens = [
        "одиннадцат", "двенадцат", "тринадцат", "четырнадцат", "пятнадцат", "шестнадцат", "семнадцат", "восемнадцат",
        "девятнадцат",
    ]

    /// Cardinals below 1000, in all cases and genders.
    static let cardinals: [(value: Int, forms: [String])] = {
        var forms: [(Int, String)] = [
            (0, "ноль ноля нолю нолем ноле нуль нуля нулю нулем нуле"),
            (1, "один одна одно одного одной одному одну одною одним одном одни одних одними"),
            (2, "два две двух двум двумя"),
            (3, "три трех трем тремя"),
            (4, "четыре четырех четырем четырьмя"),
            (8, "восемь восьми восемью восьмью"),
            (40, "сорок сорока"), (90, "девяносто девяноста"), (100, "сто ста"),
            (80, "восемьдесят восьмидесяти восемьюдесятью восьмьюдесятью"),
            (200, "двести двухсот двумстам двумястами двухстах"),
            (300, "триста трехсот тремстам тремястами трехстах"),
            (400, "четыреста четырехсот четыремстам четырьмястами четырехстах"),
            (800, "восемьсот восьмисот восьмистам восемьюстами восьмьюстами восьмистах"),
        ]
        for (value, stem) in [(5, "пят"), (6, "шест"), (7, "сем"), (9, "девят")] {
            forms.append((value, "\(stem)ь \(stem)и \(stem)ью"))
            forms.append(
                (value * 100, "\(stem)ьсот \(stem)исот \(stem)истам \(stem)ьюстами \(stem)истах"))
            guard value < 9 else { continue }
            forms.append((value * 10, "\(stem)ьдесят \(stem)идесяти \(stem)ьюдесятью"))
        }
        for (value, stem) in [(10, "десят"), (20, "двадцат"), (30, "тридцат")] {
            forms.append((value, "\(stem)ь \(stem)и \(stem)ью"))
        }
        for (offset, stem) in teens.enumerated() { forms.append((11 + offset, "\(stem)ь \(stem)и \(stem)ью")) }
        return forms.map { ($0, $1.split(separator: " ").map(String.init)) }
    }()

    /// Cardinals in the nominative beside the first form of each.
    static let nominatives: Set = ["нуль", "одна", "одно", "одну", "одни", "две"]

    /// Powers of a thousand.
    static let powers: [(value: Int, form: PowerForm, forms: [String])] = {
        var powers: [(Int, PowerForm, [String])] = [
            (1_000, .singular, ["тысяча", "тысячу", "тысячей", "тысячью", "тысяче"]), (1_000, .genitive, ["тысячи"]),
            (1_000, .plural, ["тысяч", "тысячам", "тысячами", "тысячах"]),
        ]
        for (value, stem) in [(1_000_000, "миллион"), (1_000_000_000, "миллиард"), (1_000_000_000_000, "триллион")] {
            powers.append((value, .singular, ["", "у", "ом", "е"].map { stem + $0 }))
            powers.append((value, .genitive, [stem + "а"]))
            powers.append((value, .plural, ["ы", "ов", "ам", "ами", "ах"].map { stem + $0 }))
        }
        return powers
    }()

    /// Stems of ordinals; `third` and the masculine nominative in -ой are apart.
    static let ordinalStems: [(value: Int, stem: String)] = {
        var stems: [(Int, String)] = [
            (0, "нулев"), (1, "перв"), (2, "втор"), (4, "четверт"), (5, "пят"), (6, "шест"), (7, "седьм"), (8, "восьм"),
            (9, "девят"), (10, "десят"), (20, "двадцат"), (30, "тридцат"), (40, "сороков"), (50, "пятидесят"),
            (60, "шестидесят"), (70, "семидесят"), (80, "восьмидесят"), (90, "девяност"), (100, "сот"),
            (200, "двухсот"), (300, "трехсот"), (400, "четырехсот"), (500, "пятисот"), (600, "шестисот"),
            (700, "семисот"), (800, "восьмисот"), (900, "девятисот"),
        ]
        for (offset, stem) in teens.enumerated() { stems.append((11 + offset, stem)) }
        return stems
    }()

    /// Stems of the adjectives of powers of a thousand: what follows the number in "двадцатипятитысячный".
    static let powerStems: [(value: Int, stem: String)] = [
        (1_000, "тысячн"), (1_000_000, "миллионн"), (1_000_000_000, "миллиардн"), (1_000_000_000_000, "триллионн"),
    ]

    /// How a number is written in front of `powerStems`: the genitive, but for 1, 40, 90, 100 and 1000.
    static let prefixes: [(value: Int, form: String)] =
        [(1, "одно"), (2, "двух"), (3, "трех"), (4, "четырех"), (40, "сорока"), (90, "девяносто"), (100, "сто")]
        + [5, 6, 7, 8, 9, 10, 20, 30, 50, 60, 70, 80, 200, 300, 400, 500, 600, 700, 800, 900].map { value in
            (value, cardinals.first { $0.value == value }?.forms[1] ?? "")
        } + teens.enumerated().map { (11 + $0.offset, $0.element + "и") }

    /// Endings of adjectives and what is written after the digits (Rozental, § 164: one letter after a vowel, two after a
    /// consonant).
    static let endings: [(ending: String, written: OrdinalEnding)] = [
        ("ый", .y), ("ой", .y), ("ая", .ya), ("ое", .ye), ("ые", .ye), ("ого", .go), ("ому", .mu), ("ую", .yu),
        ("ою", .yu), ("ым", .m), ("ом", .m), ("ых", .kh), ("ыми", .mi),
    ]
    static let third: [(form: String, written: OrdinalEnding)] = [
        ("третий", .y), ("третья", .ya), ("третье", .ye), ("третьи", .i), ("третьего", .go), ("третьей", .y),
        ("третьему", .mu), ("третью", .yu), ("третьею", .yu), ("третьим", .m), ("третьем", .m), ("третьих", .kh),
        ("третьими", .mi),
    ]

    static let collectives: [(value: Int, forms: [String])] = [
        (2, ["двое", "двоих", "двоим", "двоими"]), (3, ["трое", "троих", "троим", "троими"]),
        (4, ["четверо", "четверых", "четверым", "четверыми"]), (5, ["пятеро", "пятерых", "пятерым", "пятерыми"]),
        (6, ["шестеро", "шестерых", "шестерым", "шестерыми"]), (7, ["семеро", "семерых", "семерым", "семерыми"]),
        (8, ["восьмеро", "восьмерых"]), (9, ["девятеро", "девятерых"]), (10, ["десятеро", "десятерых"]),
    ]
}

/// Which form of a power of a thousand a word is: what tells whether it counts as one when no number is before it.
enum PowerForm: Sendable {
    /// "тысяча": one.
    case singular
    /// "тысячи": one after a word with a genitive ("около тысячи"), otherwise thousands.
    case genitive
    case plural
}

/// What follows the digits of an ordinal.
enum OrdinalEnding: String, Sendable {
    case y = "й"
    case ya = "я"
    case ye = "е"
    case i = "и"
    case go = "го"
    case mu = "му"
    case yu = "ю"
    case m = "м"
    case kh = "х"
    case mi = "ми"

    /// Whether a day of the month can have it: "пятое", "пятого", "пятому", "пятым", "пятом".
    var isNeuter: Bool { [.ye, .go, .mu, .m].contains(self) }
    /// Whether a denominator can have it: "одна пятая", "одной пятой", but "две пятых", "двумя пятыми".
    func isDenominator(of numerator: Int) -> Bool {
        (numerator % 10 == 1 && numerator % 100 != 11 ? [.ya, .y, .yu] : [.kh, .m, .mi]).contains(self)
    }
}

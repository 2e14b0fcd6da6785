/// What a word can mean to the number rules.
struct NumeralEntry: Sendable {
    enum Numeral: Sendable, Hashable {
        /// Below 1000.
        case cardinal(Int)
        /// A power of a thousand.
        case power(Int, PowerForm)
        case ordinal(Int, OrdinalEnding)
        /// "двое": counts only before what it counts.
        case collective(Int)
        /// "полтора", "полтораста".
        case oneAndHalf(Int)
    }

    var numeral: Numeral?
    /// Whether a cardinal has the form that it has alone; else it is declined.
    var isNominative = true
    var keyword: Keyword?
    var roles: Roles = []

    /// What a word says about the numbers near it; one word can say several things.
    struct Roles: OptionSet, Sendable {
        let rawValue: Int
        /// The number after it is an identifier: дом, кабинет.
        static let label = Roles(rawValue: 1)
        /// The digits after it are read out one by one: код, номер.
        static let code = Roles(rawValue: 2)
        static let phone = Roles(rawValue: 4)
        /// A time of day may follow: в, к, до, сейчас.
        static let timeOfDay = Roles(rawValue: 8)
        /// утра, вечера, дня, ночи.
        static let partOfDay = Roles(rawValue: 16)
        /// What is counted with a number before it: лет, раз, человек.
        static let counted = Roles(rawValue: 32)
        /// A noun with numbers for names: этаж, класс.
        static let ranked = Roles(rawValue: 64)
        /// A noun that a collective numeral counts: суток, детей.
        static let collected = Roles(rawValue: 128)
        /// A word with a genitive of a number after it: около, от, из.
        static let quantified = Roles(rawValue: 256)
    }
}

/// A word with a part of its own in a number phrase.
enum Keyword: Sendable, Hashable {
    case month
    /// год, года, году; годы, годов.
    case year, years
    case unit(String)
    case square, cubic
    case percent, degree, celsius
    case hour, minute, second
    case rouble, kopeck
    case currency(String, hasCents: Bool)
    case cent
    case whole, and, point(String), slash, minus, plus
    case with, half, third, fourth, quarter, without, halfOf
    /// "полвосьмого": half an hour before this hour.
    case halfHour(Int)
}

/// All words with a meaning.
struct NumeralLexicon: Sendable {
    static let shared = NumeralLexicon()

    private var entries: [WordKey: NumeralEntry] = [:]
    /// Which first and last letters and lengths occur: most words of a text need no look-up.
    private var shapes = Array(repeating: false, count: 1 << 14)

    private init() {
        for (value, forms) in NumeralForms.cardinals {
            add(.cardinal(value), forms)
            for form in forms.dropFirst() where !NumeralForms.nominatives.contains(form) {
                add(form) { $0.isNominative = false }
            }
        }
        for (value, form, forms) in NumeralForms.powers { add(.power(value, form), forms) }
        for (value, stem) in NumeralForms.ordinalStems + NumeralForms.powerStems {
            for (ending, written) in NumeralForms.endings { add(.ordinal(value, written), [stem + ending]) }
        }
        for (form, written) in NumeralForms.third { add(.ordinal(3, written), [form]) }
        for (value, forms) in NumeralForms.collectives { add(.collective(value), forms) }
        add(.oneAndHalf(1), ["полтора", "полторы", "полутора"])
        add(.oneAndHalf(100), ["полтораста", "полутораста"])
        for (keyword, forms) in KeywordForms.keywords { add(forms) { $0.keyword = keyword } }
        for (role, forms) in KeywordForms.roles { add(forms) { $0.roles.formUnion(role) } }
    }

    private mutating func add(_ numeral: NumeralEntry.Numeral, _ forms: [String]) {
        for form in forms { add(form) { $0.numeral = numeral } }
    }

    private mutating func add(_ forms: String, _ change: (inout NumeralEntry) -> Void) {
        for form in forms.split(whereSeparator: \.isWhitespace) {
            let bytes = Array(form.utf8)
            guard let key = WordKey(bytes, in: bytes.indices) else { continue }
            change(&entries[key, default: NumeralEntry()])
            shapes[Self.shape(bytes, bytes.indices)] = true
            // The capital letter has another code.
            let capital = Array((form.prefix(1).uppercased() + form.dropFirst()).utf8)
            shapes[Self.shape(capital, capital.indices)] = true
        }
    }

    private static func shape(_ bytes: [UInt8], _ word: Range<Int>) -> Int {
        Int(bytes[word.lowerBound + 1] & 0x3F) << 8 | Int(bytes[word.upperBound - 1] & 0x0F) << 4 | (word.count >> 1)
            & 0x0F
    }

    /// The meaning of a word; `nil` for all others.
    func entry(_ bytes: [UInt8], _ word: Range<Int>) -> NumeralEntry? {
        guard word.count >= 2 else { return nil }
        if word.count <= 2 * WordKey.longest {
            if shapes[Self.shape(bytes, word)]
                || bytes[word.upperBound - 2] == 0xD0 && bytes[word.upperBound - 1] < 0xB0,
                let key = WordKey(bytes, in: word), let entry = entries[key]
            {
                return entry
            }
            guard word.count >= 20 else { return nil }
        }
        return longOrdinal(bytes, word)
    }

    private static let powerStems = NumeralForms.powerStems.map { (value: $0.value, stem: Array($0.stem.utf8)) }
    private static let endings = NumeralForms.endings.map { (bytes: Array($0.ending.utf8), written: $0.written) }

    /// "двадцатипятитысячный": a number in the genitive and the adjective of a power of a thousand.
    private func longOrdinal(_ bytes: [UInt8], _ word: Range<Int>) -> NumeralEntry? {
        guard word.count <= 160 else { return nil }
        for length in [4, 6] {
            let end = word.upperBound - length
            for (power, stem) in Self.powerStems where word.lowerBound < end - stem.count {
                let start = end - stem.count
                guard bytes[end - 3] == stem[stem.count - 3], bytes[start..<end].elementsEqual(stem) else { continue }
                guard let ending = Self.endings.first(where: { bytes[end..<word.upperBound].elementsEqual($0.bytes) }),
                    let count = prefix(folded(bytes[word.lowerBound..<start]))
                else { return nil }
                return NumeralEntry(numeral: .ordinal(count * power, ending.written))
            }
        }
        return nil
    }

    private func folded(_ bytes: ArraySlice<UInt8>) -> Substring {
        String(decoding: bytes, as: UTF8.self).lowercased().replacing("ё", with: "е")[...]
    }

    /// The number that a sequence of prefixes makes, each smaller than the one before.
    private func prefix(_ text: Substring) -> Int? {
        var rest = text
        var value = 0
        var bound = 1_000
        while !rest.isEmpty {
            let fitting = NumeralForms.prefixes.filter { $0.value < bound && rest.hasPrefix($0.form) }
            guard let longest = fitting.max(by: { $0.form.count < $1.form.count }) else { return nil }
            value += longest.value
            // After hundreds tens, after tens units, and nothing after those.
            bound = longest.value >= 100 ? 100 : longest.value >= 20 ? 10 : 0
            rest = rest.dropFirst(longest.form.count)
        }
        return value
    }
}

/// Russian words that belong to the word behind them.
enum RussianFunctionWords {
    /// Whether a line that ends with `word` ends with a preposition. Words that are often adverbs or verbs as well, such as
    /// `после`, `около` or `благодаря`, do not count, nor does one with a punctuation mark behind it.
    static func isPreposition(_ word: some StringProtocol) -> Bool { prepositions.contains(key(word)) }

    /// Whether `word` is a conjunction or particle that reads better at the start of a line.
    static func isConnective(_ word: some StringProtocol) -> Bool { connectives.contains(key(word)) }

    private static let prepositions: Set<String> = [
        "без", "безо", "в", "во", "для", "до", "за", "из", "изо", "из-за", "из-под", "к", "ко", "кроме", "между", "на",
        "над", "о", "об", "обо", "от", "ото", "перед", "передо", "по", "под", "подо", "при", "про", "ради", "с",
        "сквозь",
        "со", "среди", "у", "через",
    ]

    private static let connectives: Set<String> = [
        "а", "бы", "если", "и", "или", "как", "когда", "либо", "не", "ни", "но", "потому", "то", "чем", "что", "чтобы",
    ]

    /// In lower case, without opening marks.
    private static func key(_ word: some StringProtocol) -> String {
        let openings: Set<Character> = ["(", "[", "«", "„", "“", "\"", "'", "–", "—", "-", "…"]
        return word.drop { openings.contains($0) }.lowercased()
    }
}

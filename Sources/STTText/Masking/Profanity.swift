/// Obscene words of Russian by their stems, with the prefixes and endings that make forms of them.
enum Profanity {
    /// Stems with which a word is obscene whatever follows.
    private static let stems = [
        "хуй", "хуе", "хуя", "хую", "хуи", "пизд", "бляд", "блят", "бляж", "еба", "ебе", "еби", "ебл", "ебн", "ебо",
        "ебу",
        "ебы", "ебц", "ебс", "ебк", "мудак", "мудач", "мудил", "мудозвон", "мудох", "мандавош", "пидор", "пидар",
        "пидр",
        "гондон", "гандон", "залуп", "дрочи", "дрочк", "дрочу", "дроча", "шлюх", "говн", "гавн", "жоп", "сран", "херн",
        "херов", "херач", "херот", "херен", "херет", "херел", "срать", "срал", "ссать", "ссал", "ссан", "ссыт",
    ]
    /// What may stand before a stem; the hard sign and its absence in recognised text count alike.
    private static let prefixes = [
        "", "в", "въ", "вы", "вз", "взъ", "до", "за", "из", "изъ", "на", "не", "недо", "ни", "о", "об", "объ", "обо",
        "от",
        "отъ", "пере", "по", "под", "подъ", "при", "про", "раз", "разъ", "рас", "с", "съ", "у", "долбо", "долба", "а",
        "осто", "насто", "мозго", "обь", "подь", "разь", "сь", "изь", "оть",
    ]
    /// Forms that are obscene as they are, but not as the beginning of other words.
    private static let forms: Set<String> = [
        "бля", "еб", "ебь", "сука", "суки", "суке", "суку", "сукой", "сукою", "сучара", "сучары", "ссука", "манда",
        "манды",
        "манде", "манду", "мандой", "мандою", "хер", "хера", "херу", "хером", "хере", "нахер", "похер", "нихера",
        "дохера",
        "похеру", "педик", "педика", "педику", "педиком", "педики", "педиков", "педикам", "педиками", "курва", "курвы",
        "курве", "курву", "курвой", "епта", "епт", "епть", "ептить", "сру", "срет", "срешь", "срут", "насру", "обосру",
        "обосралась", "ссы", "ссышь", "зассы", "обоссы", "разъеб", "выеб", "заеб", "проеб", "наеб", "долбоеб",
        "долбаеб", "мозгоеб",
        "уеб", "поеб", "отъеб", "съеб", "въеб", "объеб", "подъеб",
    ]
    /// Innocent words that begin like obscene ones.
    private static let innocent = ["дрочен", "ебонит", "насрани", "херувим", "херсон", "херес"]

    /// Whether a word, with or without punctuation around it, is obscene.
    static func contains(_ word: String) -> Bool {
        let letters = word.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic }
        let plain = String(String.UnicodeScalarView(letters)).replacing("ё", with: "е")
        if forms.contains(plain) { return true }
        if innocent.contains(where: { plain.hasPrefix($0) }) { return false }
        return prefixes.contains { prefix in
            guard plain.hasPrefix(prefix) else { return false }
            let rest = plain.dropFirst(prefix.count)
            return stems.contains { rest.hasPrefix($0) && isObscene(prefix, $0) }
        }
    }

    /// Stems in "еб" are parts of innocent words behind some prefixes: "небо", "себе", "вебинар".
    private static func isObscene(_ prefix: String, _ stem: String) -> Bool {
        guard stem.hasPrefix("еб") else { return true }
        return !["н", "с", "в", "не", "о", "об", "от", "из", "раз", "рас", "под", "вз", "а", "ни"].contains(prefix)
    }
}

public import STTValues

extension Hotwords {
    /// Thirty names of products and services that are common in Russian speech (gigastt 2.3).
    public static let commonNames = Hotwords([
        "эпл", "айфон", "самсунг", "сони", "гугл", "яндекс", "сбер", "алиса", "маруся", "ютуб", "фейсбук", "инстаграм",
        "телеграм", "вконтакте", "нетфликс", "спотифай", "ватсап", "тикток", "твич", "кинопоиск", "окко", "иви",
        "смотрешка", "алиэкспресс", "озон", "вайлдберриз", "вк", "тв", "синергия", "пинк",
    ])
}

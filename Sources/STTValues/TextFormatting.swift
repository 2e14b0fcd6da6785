/// How the text of a transcript is written from its words. The words themselves stay as the model spelled them.
public struct TextFormatting: Sendable, Hashable {
    /// The rules by which numerals become digits.
    public enum NumberStyle: String, Sendable, Hashable, CaseIterable {
        /// No zero is lost and no two numbers are joined; dates, times, money, measures and telephone numbers have their
        /// usual form.
        case full
        /// As gigastt 2.x, result for result.
        case compatible = "compat"

        /// Reads a name as users write it: trimmed, in any case; `nil` when there is no such style.
        public init?(name: String) { self.init(rawValue: name.trimmedASCII.lowercased()) }
    }

    /// Whether numbers, dates, times and the like are written in digits; `nil`: where the model writes none itself.
    public var numbers: Bool?
    /// The rules by which they are.
    public var numberStyle = NumberStyle.full
    /// Whether punctuation and capitals are added, by a model that the recognizer has loaded; `nil`: where the model of
    /// speech writes none itself.
    public var punctuation: Bool?

    /// Whether marks, capitals and digits of finals come from the head `e2e_rnnt` beside `rnnt`, in place of the passes for
    /// numbers and punctuation; `nil`: where the recognizer has loaded both (`RecognizerConfiguration.fusion`).
    public var fusion: Bool?

    /// What is masked in texts and words.
    public var masks: Set<Mask> = []

    /// What can be masked.
    public enum Mask: String, Sendable, Hashable, CaseIterable {
        /// Obscene words.
        case profanity
        /// Numbers of cards, telephones, passports, tax and insurance, by their length, check digits and the words before
        /// them.
        case personal

        /// Reads names separated by commas, trimmed, in any case; `none` or nothing is the empty set; `nil` for another name.
        public static func set(names: String) -> Set<Mask>? {
            var masks: Set<Mask> = []
            for name in names.split(separator: ",") {
                let word = String(name).trimmedASCII.lowercased()
                if word == "none" || word.isEmpty { continue }
                guard let mask = Mask(rawValue: word) else { return nil }
                masks.insert(mask)
            }
            return masks
        }
    }

    /// Everything that the model does not write itself.
    public init() {}
}

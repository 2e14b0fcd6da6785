/// Phrases that recognition prefers: names and terms that the model would spell otherwise.
///
/// Upper and lower case are the same, and so are е and ё. A longer word that begins with a phrase of at least four
/// letters counts as the phrase with an ending.
public struct Hotwords: Sendable, Hashable {
    /// A phrase and its share of the boost.
    public struct Phrase: Sendable, Hashable {
        /// One or more words.
        public var text: String
        /// What the boost is multiplied by; a phrase with 0 or less is not preferred.
        public var weight: Float

        /// A phrase of this weight.
        public init(_ text: String, weight: Float = 1) {
            self.text = text
            self.weight = weight
        }
    }

    /// The boost where none is given.
    public static let defaultBoost: Float = 5
    /// The most phrases: the automaton of as many takes some tens of megabytes.
    public static let countLimit = 50_000
    /// The most Unicode scalars of a phrase.
    public static let lengthLimit = 64

    /// The phrases; none switches the preference off.
    public var phrases: [Phrase]
    /// By how much a phrase may be less likely than what would be recognised without it, as the natural logarithm of the
    /// ratio of the probabilities: 5 allows a factor of 150. With 0 or less nothing is preferred.
    public var boost: Float

    /// Phrases of weight 1.
    public init(_ phrases: [String], boost: Float = defaultBoost) {
        self.phrases = phrases.map { Phrase($0) }
        self.boost = boost
    }
}

extension Hotwords: ExpressibleByArrayLiteral {
    /// Phrases of weight 1 with the default boost.
    public init(arrayLiteral phrases: String...) { self.init(phrases) }
}

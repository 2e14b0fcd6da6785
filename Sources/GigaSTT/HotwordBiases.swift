import STTRecognition
import STTValues

/// The phrases that a recognizer prefers, and what those of a request become.
struct HotwordBiases: Sendable {
    private let spelling: PhraseSpelling
    private let standard: TokenBias?

    /// Throws `invalidOption` for too many phrases.
    init(_ standard: Hotwords, _ vocabulary: Vocabulary) throws(GigaSTTError) {
        try standard.validate()
        spelling = PhraseSpelling(vocabulary)
        self.standard = spelling.bias(standard).bias
    }

    /// The bias for the phrases of a request; `nil` stands for those of the recognizer.
    func bias(_ hotwords: Hotwords?) -> TokenBias? { hotwords.map { spelling.bias($0).bias } ?? standard }

    func unspellable(_ hotwords: Hotwords) -> [String] { spelling.bias(hotwords).unspellable }
}

extension Recognizer {
    /// The phrases that the loaded model has no letters for, or that have more than `Hotwords.lengthLimit` of them: they
    /// are not preferred. Cost: about 1 ms for a thousand phrases.
    public func unspellable(_ hotwords: Hotwords) -> [String] { self.hotwords.unspellable(hotwords) }
}

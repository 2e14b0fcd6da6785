import STTText
package import STTValues

/// Adds punctuation and capitals to the text. Costs a run of the model for each 250 words.
///
/// The model reads to the end of the text before it decides, but a word depends little on what is far behind it: with
/// `reach` words to its right, fewer than one label in a thousand is another one with more of them.
///
/// A text for which the model fails stays as it is.
package struct PunctuationPass: TextPass {
    /// Words behind a word that decide its mark and case, measured on held-out texts of the small model.
    static let reach = 16

    private let model: PunctuationModel

    package init(_ model: PunctuationModel) { self.model = model }

    package func apply(to text: FinishedText, of words: [Word], isComplete: Bool) throws -> FinishedText {
        let tokens = text.tokens
        let bytes = Array(text.text.utf8)
        let bare = tokens.map { String(decoding: bytes[$0], as: UTF8.self) }
        var result = text
        do {
            let written = try model.punctuate(bare)
            result = text.applying(
                tokens.indices.filter { written[$0] != bare[$0] }.map {
                    FinishedText.Edit(range: tokens[$0], text: written[$0])
                })
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            result = text
        }
        if isComplete { return result }
        let settled = text.settledWordCount == 0 ? 0 : text.spans[text.settledWordCount - 1].upperBound
        let decided = tokens.prefix { $0.upperBound <= settled }.dropLast(Self.reach).last?.upperBound ?? 0
        result.settledWordCount = text.spans.prefix { $0.upperBound <= decided }.count
        return result
    }
}

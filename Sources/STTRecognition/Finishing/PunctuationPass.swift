import STTText
package import STTValues

/// Adds punctuation and capitals to the text. Costs a run of the model for each 250 words.
///
/// A text for which the model fails stays as it is.
package struct PunctuationPass: TextPass {
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
        // The model reads to the end of a window before it decides: only what complete windows decided stays.
        let decided = PunctuationWindows.settledCount(of: tokens.count)
        let end = decided == 0 ? 0 : tokens[decided - 1].upperBound
        result.settledWordCount = text.spans.prefix { $0.upperBound <= end }.count
        return result
    }
}

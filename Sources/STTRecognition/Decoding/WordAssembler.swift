package import STTValues

/// Joins tokens to words with times and confidence.
package struct WordAssembler: Sendable {
    private let vocabulary: Vocabulary
    private let geometry: ModelGeometry

    package init(vocabulary: Vocabulary, geometry: ModelGeometry = .gigaAM) {
        (self.vocabulary, self.geometry) = (vocabulary, geometry)
    }

    /// Words of a window whose first encoder frame is frame `offset` of the recording.
    ///
    /// A token that begins with `▁` begins a word; times and confidence come from the tokens that write letters.
    /// `end` is the frame of the last token, not where the sound of the word ends.
    package func words(_ tokens: [DecodedToken], offset: Int = 0) -> [Word] {
        var words: [Word] = []
        var open = OpenWord()
        for token in tokens {
            var text = vocabulary.text(token.id)[...]
            if text.first == Vocabulary.wordStart {
                open.close(into: &words, offset: offset, geometry)
                text = text.dropFirst()
            }
            if !text.isEmpty { open.append(text, token) }
        }
        open.close(into: &words, offset: offset, geometry)
        return words
    }

    private struct OpenWord {
        var text = ""
        var frames = 0...0
        var confidences: [Float] = []

        mutating func append(_ letters: Substring, _ token: DecodedToken) {
            frames = text.isEmpty ? token.frame...token.frame : frames.lowerBound...max(frames.upperBound, token.frame)
            text += letters
            confidences.append(token.confidence)
        }

        mutating func close(into words: inout [Word], offset: Int, _ geometry: ModelGeometry) {
            guard !text.isEmpty else { return }
            words.append(
                Word(
                    text: text, start: geometry.seconds(encoderFrames: frames.lowerBound + offset),
                    end: geometry.seconds(encoderFrames: frames.upperBound + offset),
                    confidence: confidences.reduce(0, +) / Float(confidences.count)))
            self = OpenWord()
        }
    }
}

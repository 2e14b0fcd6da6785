/// One token that the search emitted.
package struct DecodedToken: Sendable, Hashable {
    package let id: Int
    /// Encoder frame within the window, 0 the first.
    package let frame: Int
    /// Probability of the token where it was chosen, 0…1.
    package let confidence: Float

    package init(id: Int, frame: Int, confidence: Float) {
        self.id = id
        self.frame = frame
        self.confidence = confidence
    }
}

/// One reading of a window.
package struct Hypothesis: Sendable, Hashable {
    package var tokens: [DecodedToken]
    /// Encoder frames of the window.
    package var frameCount: Int
    /// How good the reading is beside others of the same search: logarithms of probabilities, bias included, added up.
    package var score: Float

    package init(tokens: [DecodedToken], frameCount: Int, score: Float = 0) {
        self.tokens = tokens
        self.frameCount = frameCount
        self.score = score
    }
}

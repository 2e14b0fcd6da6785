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

/// What one search over one window found.
package struct Hypothesis: Sendable, Hashable {
    package var tokens: [DecodedToken]
    /// Encoder frames of the window.
    package var frameCount: Int

    package init(tokens: [DecodedToken], frameCount: Int) {
        self.tokens = tokens
        self.frameCount = frameCount
    }
}

/// The prediction network and the joint of an RNN-T, as the search needs them.
package protocol TransducerNetworks {
    /// Output and state of the prediction network after some tokens.
    associatedtype Prediction
    /// One window's encoder frames, in the form in which the joint takes them.
    associatedtype Frames

    /// The prediction before the first token: the blank fed to a zero state.
    func start() throws -> Prediction
    /// The prediction after one more token.
    func advance(_ prediction: Prediction, by token: Int) throws -> Prediction
    /// Calls `body` with the scores of all tokens at a frame.
    func withScores<Result>(
        frame: Int, of frames: Frames, after prediction: Prediction, _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws -> Result
}

/// Greedy search of an RNN-T (Graves 2012): at each frame take the best token until it is the blank.
package struct GreedyTransducer: Sendable {
    /// Tokens emitted at one frame at most; one more is looked at and dropped (gigastt and GigaAM: 10).
    package static let symbolsPerFrame = 10

    private let blank: Int

    package init(blank: Int) { self.blank = blank }

    /// Searches `frameCount` frames from a fresh state. `isCancelled` is asked before each frame.
    package func search<Networks: TransducerNetworks>(
        _ frames: Networks.Frames, frameCount: Int, with networks: Networks, isCancelled: () -> Bool
    ) throws -> Hypothesis {
        var hypothesis = Hypothesis(tokens: [], frameCount: frameCount)
        guard frameCount > 0 else { return hypothesis }
        // The prediction changes with a token only: over a run of blanks it is computed once.
        var prediction = try networks.start()
        for frame in 0..<frameCount {
            if isCancelled() { throw CancellationError() }
            for emitted in 0...Self.symbolsPerFrame {
                let (token, confidence) = try networks.withScores(frame: frame, of: frames, after: prediction) {
                    let token = TokenScores.best($0, fallback: blank)
                    return (token, token == blank ? 0 : TokenScores.probability(of: token, in: $0))
                }
                if token == blank || emitted == Self.symbolsPerFrame { break }
                hypothesis.tokens.append(DecodedToken(id: token, frame: frame, confidence: confidence))
                prediction = try networks.advance(prediction, by: token)
            }
        }
        return hypothesis
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Greedy search of an RNN-T (Graves 2012): at each frame take the best token until it is the blank. It has no bias.
package struct GreedyTransducer: TransducerSearch {
    /// Tokens emitted at one frame at most; one more is looked at and dropped (gigastt and GigaAM: 10).
    package static let symbolsPerFrame = 10

    private let blank: Int

    package init(blank: Int) { self.blank = blank }

    package func hypotheses<Networks: TransducerNetworks>(
        _ frames: Networks.Frames, frameCount: Int, with networks: Networks, options: DecodeOptions,
        isCancelled: () -> Bool
    ) throws -> [Hypothesis] {
        var hypothesis = Hypothesis(tokens: [], frameCount: frameCount)
        guard frameCount > 0 else { return [hypothesis] }
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
                hypothesis.score += logf(confidence)
                try networks.advance(&prediction, by: token)
            }
        }
        return [hypothesis]
    }
}

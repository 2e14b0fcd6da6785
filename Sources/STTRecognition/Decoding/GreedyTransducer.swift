#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Greedy search of an RNN-T (Graves 2012): at each frame take the best token until it is the blank.
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
        var bias = BiasTrace(options.bias)
        // The prediction changes with a token only: over a run of blanks it is computed once.
        var prediction = try networks.start()
        for frame in 0..<frameCount {
            if isCancelled() { throw CancellationError() }
            for emitted in 0...Self.symbolsPerFrame {
                let (token, confidence) = try networks.withScores(frame: frame, of: frames, after: prediction) {
                    let token = bias.best($0, fallback: blank)
                    return (token, token == blank ? 0 : TokenScores.probability(of: token, in: $0))
                }
                if token == blank || emitted == Self.symbolsPerFrame { break }
                hypothesis.tokens.append(DecodedToken(id: token, frame: frame, confidence: confidence))
                hypothesis.score += logf(confidence) + bias.advance(by: token)
                try networks.advance(&prediction, by: token)
            }
        }
        hypothesis.score -= bias.refund
        return [hypothesis]
    }
}

/// A bias and how far one hypothesis has followed its phrases.
struct BiasTrace {
    private let bias: TokenBias?
    private var state = TokenBias.State.start

    init(_ bias: TokenBias?) { self.bias = bias }

    /// What would be taken back if the audio ended now.
    var refund: Float { bias?.refund(of: state) ?? 0 }

    func best(_ scores: UnsafeBufferPointer<Float>, fallback: Int) -> Int {
        guard let bias else { return TokenScores.best(scores, fallback: fallback) }
        return TokenScores.best(scores, fallback: fallback, bias: bias, after: state)
    }

    /// Takes one more token and returns what it adds to the score.
    mutating func advance(by token: Int) -> Float {
        guard let bias else { return 0 }
        let (next, gain) = bias.advance(state, by: token)
        state = next
        return gain
    }
}

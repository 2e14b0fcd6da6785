#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Time-synchronous beam search of an RNN-T (Graves 2012; the form of Saon et al. 2020): the best readings of a window
/// with the probability of their best alignment.
package struct BeamTransducer: TransducerSearch {
    /// Readings that are followed at once.
    private let width: Int
    private let blank: Int

    package init(blank: Int, width: Int) {
        self.blank = blank
        self.width = max(1, width)
    }

    private struct Path<Prediction> {
        var tokens: [DecodedToken] = []
        /// Of the tokens: paths of different ones rarely share it.
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        var score: Float = 0
        var bias: BiasTrace?
        var prediction: Prediction

        /// With what the bias adds while the reading is open.
        var biasedScore: Float { score + (bias?.gain ?? 0) }
    }

    /// A step from one path: a token, or the blank, and the score after it.
    private struct Step {
        let path: Int
        let token: Int
        let confidence: Float
        let score: Float
        let biasedScore: Float
    }

    package func hypotheses<Networks: TransducerNetworks>(
        _ frames: Networks.Frames, frameCount: Int, with networks: Networks, options: DecodeOptions,
        isCancelled: () -> Bool
    ) throws -> [Hypothesis] {
        guard frameCount > 0 else { return [Hypothesis(tokens: [], frameCount: 0)] }
        var paths = [Path(bias: options.bias.map(BiasTrace.init), prediction: try networks.start())]
        for frame in 0..<frameCount {
            if isCancelled() { throw CancellationError() }
            paths = try advance(paths, frame, of: frames, with: networks)
        }
        return paths.map { path in
            var path = path
            path.bias?.finish()
            return Hypothesis(
                tokens: path.tokens, frameCount: frameCount, score: path.score + (path.bias?.earned ?? 0))
        }.sorted { $0.score > $1.score }.prefix(max(1, options.hypothesisCount)).map(\.self)
    }

    /// The paths that have read `frame` to its blank.
    private func advance<Networks: TransducerNetworks>(
        _ paths: [Path<Networks.Prediction>], _ frame: Int, of frames: Networks.Frames, with networks: Networks
    ) throws -> [Path<Networks.Prediction>] {
        var (open, done) = (paths, [Path<Networks.Prediction>]())
        for emitted in 0...GreedyTransducer.symbolsPerFrame where !open.isEmpty {
            var steps: [Step] = []
            for (index, path) in open.enumerated() {
                steps += try networks.withScores(frame: frame, of: frames, after: path.prediction) {
                    self.steps(from: path, index, $0)
                }
            }
            for step in steps where step.token == blank {
                var path = open[step.path]
                path.score = step.score
                keep(path, in: &done)
            }
            guard emitted < GreedyTransducer.symbolsPerFrame else { break }
            // A path that is worse than all that are done cannot come in any more: scores only fall, but for a bias.
            let floor = done.count < width ? -Float.infinity : done.map(\.biasedScore).min() ?? -.infinity
            let best = steps.filter { $0.token != blank && $0.biasedScore > floor }
                .sorted { $0.biasedScore > $1.biasedScore }
            open = try best.prefix(width).map { step in
                var path = open[step.path]
                path.tokens.append(DecodedToken(id: step.token, frame: frame, confidence: step.confidence))
                // FNV-1a, a token as one unit.
                path.digest = (path.digest ^ UInt64(step.token)) &* 0x100_0000_01B3
                path.score = step.score
                path.bias?.advance(by: step.token)
                try networks.advance(&path.prediction, by: step.token)
                return path
            }
        }
        return done
    }

    private func steps<Prediction>(
        from path: Path<Prediction>, _ index: Int, _ scores: UnsafeBufferPointer<Float>
    ) -> [Step] {
        let total = TokenScores.logSum(scores)
        guard total.isFinite else {
            return [
                Step(path: index, token: blank, confidence: 0, score: path.score, biasedScore: path.biasedScore)
            ]
        }
        return scores.indices.map { token in
            let logarithm = scores[token] - total
            var bias = path.bias
            if token != blank { bias?.advance(by: token) }
            let score = path.score + logarithm
            return Step(
                path: index, token: token, confidence: expf(logarithm), score: score,
                biasedScore: score + (bias?.gain ?? 0))
        }
    }

    /// Keeps the best paths; of two with the same tokens the better one.
    private func keep<Prediction>(_ path: Path<Prediction>, in paths: inout [Path<Prediction>]) {
        let same = paths.firstIndex {
            $0.digest == path.digest && $0.tokens.elementsEqual(path.tokens) { $0.id == $1.id }
        }
        if let same {
            if paths[same].biasedScore < path.biasedScore { paths[same] = path }
        } else {
            paths.append(path)
        }
        guard paths.count > width, let worst = paths.indices.min(by: { paths[$0].biasedScore < paths[$1].biasedScore })
        else {
            return
        }
        paths.remove(at: worst)
    }
}

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
        var score: Float = 0
        var bias: BiasTrace
        var prediction: Prediction
    }

    /// A step from one path: a token, or the blank, and the score after it.
    private struct Step {
        let path: Int
        let token: Int
        let confidence: Float
        let score: Float
    }

    package func hypotheses<Networks: TransducerNetworks>(
        _ frames: Networks.Frames, frameCount: Int, with networks: Networks, options: DecodeOptions,
        isCancelled: () -> Bool
    ) throws -> [Hypothesis] {
        guard frameCount > 0 else { return [Hypothesis(tokens: [], frameCount: 0)] }
        var paths = [Path(bias: BiasTrace(options.bias), prediction: try networks.start())]
        for frame in 0..<frameCount {
            if isCancelled() { throw CancellationError() }
            paths = try advance(paths, frame, of: frames, with: networks)
        }
        return paths.map {
            Hypothesis(tokens: $0.tokens, frameCount: frameCount, score: $0.score - $0.bias.refund)
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
            let floor = done.count < width ? -Float.infinity : done.map(\.score).min() ?? -.infinity
            let best = steps.filter { $0.token != blank && $0.score > floor }.sorted { $0.score > $1.score }
            open = try best.prefix(width).map { step in
                var path = open[step.path]
                path.tokens.append(DecodedToken(id: step.token, frame: frame, confidence: step.confidence))
                path.score = step.score
                _ = path.bias.advance(by: step.token)
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
        guard total.isFinite else { return [Step(path: index, token: blank, confidence: 0, score: path.score)] }
        return scores.indices.map { token in
            let logarithm = scores[token] - total
            var bias = path.bias
            let gain = token == blank ? 0 : bias.advance(by: token)
            return Step(path: index, token: token, confidence: expf(logarithm), score: path.score + logarithm + gain)
        }
    }

    /// Keeps the best paths; of two with the same tokens the better one.
    private func keep<Prediction>(_ path: Path<Prediction>, in paths: inout [Path<Prediction>]) {
        let ids = path.tokens.map(\.id)
        if let same = paths.firstIndex(where: { $0.tokens.map(\.id) == ids }) {
            if paths[same].score < path.score { paths[same] = path }
        } else {
            paths.append(path)
        }
        guard paths.count > width, let worst = paths.indices.min(by: { paths[$0].score < paths[$1].score }) else {
            return
        }
        paths.remove(at: worst)
    }
}

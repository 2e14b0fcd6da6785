/// Greedy search of an RNN-T with phrases that are preferred.
struct PhraseTransducer: TransducerSearch {
    private let blank: Int
    private let bias: TokenBias

    init(blank: Int, bias: TokenBias) { (self.blank, self.bias) = (blank, bias) }

    func hypotheses<Networks: TransducerNetworks>(
        _ frames: Networks.Frames, frameCount: Int, with networks: Networks, options: DecodeOptions,
        isCancelled: () -> Bool
    ) throws -> [Hypothesis] {
        guard frameCount > 0 else { return [Hypothesis(tokens: [], frameCount: frameCount)] }
        typealias Readings = PhraseReadings<Networks.Prediction>
        var readings = Readings(Readings.Reading(bias: BiasTrace(bias), context: try networks.start()))
        for frame in 0..<frameCount {
            if isCancelled() { throw CancellationError() }
            var open = readings.others.map { ($0, emitted: 0) }
            try stepGreedy(frame, of: frames, with: networks, &readings, branches: &open)
            // Those that are least behind first: of many only so many are followed.
            var stepCount = 0
            while let next = open.indices.max(by: { open[$0].0.total < open[$1].0.total }) {
                let (reading, emitted) = open.remove(at: next)
                stepCount += 1
                if stepCount > 3 * PhraseReadingLimits.count { break }
                open += try step(reading, emitted, frame, of: frames, with: networks, &readings)
            }
            readings.endFrame(frame)
        }
        readings.finish()
        let best = readings.greedy
        return [Hypothesis(tokens: best.tokens, frameCount: frameCount, score: best.total)]
    }

    /// One frame of the greedy reading, as `GreedyTransducer` does it, and the readings that leave it there.
    private func stepGreedy<Networks: TransducerNetworks>(
        _ frame: Int, of frames: Networks.Frames, with networks: Networks,
        _ readings: inout PhraseReadings<Networks.Prediction>,
        branches: inout [(PhraseReadings<Networks.Prediction>.Reading, emitted: Int)]
    ) throws {
        for emitted in 0...GreedyTransducer.symbolsPerFrame {
            let choices = try choices(frame, of: frames, with: networks, after: readings.greedy.context)
            guard let best = choices.first else { break }
            if emitted < GreedyTransducer.symbolsPerFrame {
                for choice in choices.dropFirst() where choice.token != blank {
                    guard var branch = readings.extended(readings.branch, by: choice, frame: frame) else { continue }
                    try networks.advance(&branch.context, by: choice.token)
                    branches.append((branch, emitted + 1))
                }
            }
            if best.token == blank || emitted == GreedyTransducer.symbolsPerFrame {
                readings.updateGreedy { $0.score += best.token == blank ? best.logarithm : 0 }
                break
            }
            try readings.updateGreedy {
                $0.append(best, frame: frame)
                try networks.advance(&$0.context, by: best.token)
            }
        }
    }

    /// The steps of one of the other readings: with the blank it is kept to the next frame, with a token it goes on in
    /// this one.
    private func step<Networks: TransducerNetworks>(
        _ reading: PhraseReadings<Networks.Prediction>.Reading, _ emitted: Int, _ frame: Int,
        of frames: Networks.Frames, with networks: Networks, _ readings: inout PhraseReadings<Networks.Prediction>
    ) throws -> [(PhraseReadings<Networks.Prediction>.Reading, emitted: Int)] {
        let choices = try choices(frame, of: frames, with: networks, after: reading.context)
        var open: [(PhraseReadings<Networks.Prediction>.Reading, emitted: Int)] = []
        for choice in choices {
            if choice.token == blank {
                var waiting = reading
                waiting.score += choice.logarithm
                // The same tokens have the same prediction.
                readings.keep(waiting) { _, _ in true }
            } else if emitted < GreedyTransducer.symbolsPerFrame,
                var next = readings.extended(reading, by: choice, frame: frame)
            {
                try networks.advance(&next.context, by: choice.token)
                open.append((next, emitted + 1))
            }
        }
        return open
    }

    private func choices<Networks: TransducerNetworks>(
        _ frame: Int, of frames: Networks.Frames, with networks: Networks, after prediction: Networks.Prediction
    ) throws -> [Choice] {
        let limit = bias.highestBoost + PhraseReadingLimits.slack
        return try networks.withScores(frame: frame, of: frames, after: prediction) {
            Choice.choices($0, blank: blank, limit: limit)
        }
    }
}

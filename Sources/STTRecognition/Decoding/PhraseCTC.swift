/// Best path of a CTC head with phrases that are preferred.
struct PhraseCTC {
    /// A reading and the token of its last frame, which a repetition of it does not write again.
    private typealias Readings = PhraseReadings<Int>

    private let blank: Int
    private let vocabularySize: Int
    private let bias: TokenBias

    init(blank: Int, vocabularySize: Int, bias: TokenBias) {
        (self.blank, self.vocabularySize, self.bias) = (blank, vocabularySize, bias)
    }

    /// Searches `scores`, `[frame, token]`, like `GreedyCTC`.
    func search(_ scores: UnsafeBufferPointer<Float>, frameCount: Int) -> Hypothesis {
        guard vocabularySize > 0 else { return Hypothesis(tokens: [], frameCount: 0) }
        let count = min(max(frameCount, 0), scores.count / vocabularySize)
        var readings = Readings(Readings.Reading(bias: BiasTrace(bias), context: blank))
        for frame in 0..<count {
            let first = frame * vocabularySize
            let row = UnsafeBufferPointer(rebasing: scores[first..<first + vocabularySize])
            step(row, frame, &readings)
        }
        readings.finish()
        let best = readings.greedy
        return Hypothesis(tokens: best.tokens, frameCount: count, score: best.total)
    }

    private func step(_ row: UnsafeBufferPointer<Float>, _ frame: Int, _ readings: inout Readings) {
        let limit = bias.highestBoost + PhraseReadingLimits.slack
        let choices = Choice.choices(row, blank: blank, limit: limit)
        var kept = branches(choices, frame, readings)
        for reading in readings.others {
            for choice in choices {
                if choice.token == blank || choice.token == reading.context {
                    kept.append(waiting(reading, choice))
                } else if let next = readings.extended(reading, by: choice, frame: frame) {
                    kept.append(next)
                }
            }
        }
        if let best = choices.first {
            readings.updateGreedy { greedy in
                if best.token == blank || best.token == greedy.context {
                    greedy.score += best.logarithm
                } else {
                    greedy.append(best, frame: frame)
                }
                greedy.context = best.token
            }
        }
        for var reading in kept {
            reading.context = reading.tokens.last?.frame == frame ? reading.tokens.last?.id ?? blank : reading.context
            readings.keep(reading, isSame: ==)
        }
        readings.endFrame(frame)
    }

    /// The readings that leave the greedy one at a frame: with a token that goes on with a phrase, or with the blank that
    /// the same letter once more needs before it.
    private func branches(_ choices: [Choice], _ frame: Int, _ readings: Readings) -> [Readings.Reading] {
        let branch = readings.branch
        var branches: [Readings.Reading] = []
        for choice in choices.dropFirst() where choice.token != branch.context {
            if choice.token != blank {
                if let next = readings.extended(branch, by: choice, frame: frame) { branches.append(next) }
            } else if choices[0].token == branch.context, branch.bias.ahead > 0 {
                branches.append(waiting(branch, choice))
            }
        }
        return branches
    }

    private func waiting(_ reading: Readings.Reading, _ choice: Choice) -> Readings.Reading {
        var reading = reading
        reading.score += choice.logarithm
        reading.context = choice.token
        return reading
    }
}

/// One of several readings of an utterance.
public struct Alternative: Sendable, Hashable, Codable {
    /// What was said by this reading, written like the text of the segment.
    public var text: String
    /// Its words in order of time, as the model spelled them.
    public var words: [Word]
    /// Natural logarithm of the probability of the reading, hotwords included. Comparable within one utterance only.
    public var score: Double

    /// A reading with its text.
    public init(text: String, words: [Word], score: Double) {
        self.text = text
        self.words = words
        self.score = score
    }

    /// Mean confidence of the words weighted by their duration, 0…1; `nil` without words.
    public var confidence: Double? { words.meanConfidence }
}

extension [Alternative] {
    /// The readings without those whose text an earlier one has.
    package func withoutRepeatedTexts() -> [Alternative] {
        var texts: Set<String> = []
        return filter { texts.insert($0.text).inserted }
    }
}

extension Segment {
    /// The readings of the utterance, the best first: its own text where no others were asked for.
    package var readings: [Alternative] { alternatives ?? [Alternative(text: text, words: words, score: 0)] }

    /// Changes every word, those of the alternatives included.
    package mutating func changeWords(_ change: (inout Word) -> Void) {
        for index in words.indices { change(&words[index]) }
        alternatives = alternatives.map { readings in
            readings.map { reading in
                var reading = reading
                for index in reading.words.indices { change(&reading.words[index]) }
                return reading
            }
        }
    }
}

extension [Segment] {
    /// The best readings of the segments together, the best first, as many as the segment with the most has; `nil` where
    /// no alternatives were asked for.
    ///
    /// Segments are recognised independently, so scores add up. Cost: the number of segments times the square of the
    /// number of alternatives, and their text.
    package var alternatives: [Alternative]? {
        guard let limit = compactMap(\.alternatives?.count).max() else { return nil }
        let readings = map(\.readings)
        // After each segment, of each of the best: which one it continues, with which reading.
        var steps: [[(before: Int, reading: Int)]] = []
        var scores = [0.0]
        for choices in readings {
            let pairs = scores.indices.flatMap { before in choices.indices.map { (before: before, reading: $0) } }
            let sums = pairs.map { scores[$0.before] + choices[$0.reading].score }
            // Equal scores keep their order, so that the best reading is that of the text.
            let order = sums.indices.sorted { (-sums[$0], $0) < (-sums[$1], $1) }.prefix(limit)
            steps.append(order.map { pairs[$0] })
            scores = order.map { sums[$0] }
        }
        return scores.indices.map { last in
            var (place, parts) = (last, [Alternative]())
            for (choices, step) in zip(readings, steps).reversed() {
                parts.append(choices[step[place].reading])
                place = step[place].before
            }
            parts.reverse()
            return Alternative(
                text: parts.map(\.text).filter { !$0.isEmpty }.joined(separator: " "), words: parts.flatMap(\.words),
                score: scores[last])
        }.withoutRepeatedTexts()
    }
}

extension Transcript {
    /// The best readings of the whole recording, the first of which is its text; `nil` where none were asked for.
    public var alternatives: [Alternative]? { segments.alternatives }
}

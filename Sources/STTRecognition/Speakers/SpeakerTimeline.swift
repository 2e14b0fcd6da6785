package import STTValues

/// Who speaks when in a recording: takes its utterances in order, says which windows of them a speaker model must read,
/// and labels the words when all are read.
///
/// A value machine; times are in seconds of the stream. Memory: some 300 bytes for each 0.75 s of speech, and 8 a word.
package struct SpeakerTimeline: Sendable {
    /// A part of an utterance from which one vector is made.
    struct Window: Sendable, Hashable {
        /// What the model reads.
        var read: Range<Double>
        /// The time that takes the label of this window.
        var labelled: Range<Double>
        /// Seconds from the word before, if a phrase begins here; 0 within one.
        var pause: Double
        /// Seconds of speech in it.
        var speech: Double
    }

    private struct Utterance: Sendable {
        var words: [Range<Float>]
        var windows: [Window]
        /// The index of its first window of all.
        var firstWindow: Int
    }

    private let rules: SpeakerRules
    private var utterances: [Utterance] = []
    private var clusters: SpeakerClusters
    private var vectors = VoiceVectors()
    private var lastWordEnd = 0.0
    private var plannedCount = 0

    package init(_ rules: SpeakerRules = SpeakerRules()) {
        self.rules = rules
        clusters = SpeakerClusters(rules)
    }

    /// Takes the next utterance and returns the times whose vectors must be appended, in this order.
    package mutating func begin(_ segment: Segment) -> [Range<Double>] {
        let windows = SpeakerWindows.windows(
            segment.words.map { $0.start..<max($0.start, $0.end) }, in: segment.start..<segment.end, rules,
            after: lastWordEnd)
        utterances.append(
            Utterance(
                words: segment.words.map { Float($0.start)..<max(Float($0.start), Float($0.end)) }, windows: windows,
                firstWindow: plannedCount))
        plannedCount += windows.count
        lastWordEnd = segment.words.last?.end ?? lastWordEnd
        return windows.map(\.read)
    }

    /// Takes the vectors of the utterance that was begun last.
    package mutating func append(_ found: [[Float]]) {
        guard let windows = utterances.last?.windows, windows.count == found.count else { return }
        for (window, vector) in zip(windows, found) {
            vectors.append(vector)
            if window.speech >= rules.leastFoundingLength { clusters.append(vector, seconds: Float(window.speech)) }
        }
    }

    /// The number of speakers by the eigengap of founding windows, evenly spaced over the recording; `nil` with too few.
    private func estimate(_ windows: [Window]) -> Int? {
        let founding = windows.indices.filter { windows[$0].speech >= rules.leastFoundingLength }
        guard founding.count >= rules.leastEstimateCount, windows.count == vectors.count else { return nil }
        let count = min(founding.count, rules.estimateCount)
        let sample = (0..<count).map { vectors[founding[$0 * founding.count / count]] }
        var similarities = [Float](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0...row {
                let similarity = VoiceVectors.product(sample[row], sample[column])
                similarities[row * count + column] = similarity
                similarities[column * count + row] = similarity
            }
        }
        return Eigengap.groupCount(similarities, count: count, most: rules.mostEstimated)
    }

    /// The speaker of every word of every utterance: numbers from 0 in order of their first words. `nil` for a word whose
    /// utterance was too short to be read.
    package func labels(_ separation: SpeakerSeparation) -> [[Int?]] {
        var founding = clusters
        // Only short phrases: what there is must do.
        if founding.isEmpty { for index in 0..<vectors.count { founding.append(vectors[index], seconds: 1) } }
        let windows = utterances.flatMap(\.windows)
        let centroids = founding.speakers(separation, estimate: separation.count ?? estimate(windows))
        guard !centroids.isEmpty, windows.count == vectors.count else {
            return utterances.map { $0.words.map { _ in nil } }
        }
        let path = SpeakerPath(windows, vectors, rules).labels(centroids)
        var numbers: [Int: Int] = [:]
        return utterances.map { utterance in
            let labels = path[utterance.firstWindow..<utterance.firstWindow + utterance.windows.count]
            return SpeakerWindows.labels(of: utterance.words, utterance.windows, Array(labels), rules).map { label in
                guard let label else { return nil }
                if let number = numbers[label] { return number }
                numbers[label] = numbers.count
                return numbers.count - 1
            }
        }
    }
}

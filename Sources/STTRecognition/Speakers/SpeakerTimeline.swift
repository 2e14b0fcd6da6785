package import STTValues

/// Who speaks when in a recording: takes its utterances in order, says which windows of them a speaker model must read,
/// and labels the words when all are read.
///
/// A value machine; times are in seconds of the stream. Memory: some 300 bytes for each 0.75 s of speech, and 8 a word, of
/// what is not retired.
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
    }

    private let rules: SpeakerRules
    private var utterances: [Utterance] = []
    private var clusters: SpeakerClusters
    private var vectors = VoiceVectors()
    private var lastWordEnd = 0.0
    private var plannedCount = 0
    private var retired = Retired()

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
                words: segment.words.map { Float($0.start)..<max(Float($0.start), Float($0.end)) }, windows: windows))
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

    /// Founding windows, evenly spaced over the recording, and the seconds that each of them stands for; `nil` with too few.
    private func sample(_ windows: [Window]) -> (vectors: [[Float]], seconds: Float)? {
        let founding = windows.indices.filter { windows[$0].speech >= rules.leastFoundingLength }
        guard founding.count + retired.count >= rules.leastEstimateCount, windows.count == vectors.count else {
            return nil
        }
        // Of what is still here as many as of what is gone.
        let spaced = stride(from: 0, to: founding.count, by: retired.step).map { founding[$0] }
        let all = retired.vectors + spaced.map { vectors[$0] }
        let count = min(all.count, rules.estimateCount)
        let seconds = founding.reduce(0) { $0 + windows[$1].labelled.upperBound - windows[$1].labelled.lowerBound }
        let step = Double(all.count * retired.step) / Double(count)
        return (
            (0..<count).map { all[$0 * all.count / count] },
            Float(seconds / Double(max(1, founding.count)) * step)
        )
    }

    /// The voice of each speaker: by spectral clustering, or by average linkage of all windows where there are too few for it
    /// or more speakers are asked for than it finds.
    private func speakers(
        _ separation: SpeakerSeparation, _ windows: [Window], in clusters: SpeakerClusters
    ) -> [[Float]] {
        guard let sample = sample(windows) else { return clusters.speakers(separation, estimate: separation.count) }
        let spectrum = SpectralClusters(sample.vectors)
        let estimate = separation.count ?? spectrum.groupCount(most: rules.mostEstimated)
        let number = min(max(estimate, separation.range.lowerBound), separation.range.upperBound)
        guard number <= sample.vectors.count / 4 else { return clusters.speakers(separation, estimate: estimate) }
        let found = spectrum.centroids(number).sorted { $0.members > $1.members }
        let speakers = found.filter { Float($0.members) * sample.seconds >= rules.leastSpeech }
        let kept = speakers.isEmpty ? found.prefix(1).map(\.centroid) : speakers.map(\.centroid)
        return kept.count < separation.range.lowerBound ? clusters.speakers(separation, estimate: estimate) : kept
    }

    /// The speaker of every word of every utterance: numbers from 0 in order of their first words. `nil` for a word whose
    /// utterance was too short to be read.
    package func labels(_ separation: SpeakerSeparation) -> [[Int?]] { labelling(separation).words }

    /// The speaker of every word of every utterance, and the voice of each speaker. Cost: clustering all windows.
    package func labelling(_ separation: SpeakerSeparation) -> SpeakerLabelling {
        var founding = clusters
        // Only short phrases: what there is must do.
        if founding.isEmpty { for index in 0..<vectors.count { founding.append(vectors[index], seconds: 1) } }
        let windows = utterances.flatMap(\.windows)
        let centroids = speakers(separation, windows, in: founding)
        guard !centroids.isEmpty, windows.count == vectors.count else {
            return SpeakerLabelling(words: utterances.map { $0.words.map { _ in nil } })
        }
        let paths = SpeakerPath(windows, vectors, rules)
        var path = paths.labels(centroids)
        if separation.count == nil {
            let divided = SpeakerDivision(windows, vectors, rules).divided(
                path.labels, path.centroids, most: separation.range.upperBound)
            if divided.count > centroids.count { path = paths.labels(divided) }
        }
        var seconds = [Double](repeating: 0, count: path.centroids.count)
        for (window, label) in zip(windows, path.labels) {
            seconds[label] += window.labelled.upperBound - window.labelled.lowerBound
        }
        return SpeakerLabelling(numbering: words(path.labels, from: 0), path.centroids, seconds)
    }

    /// The nearest voice for every word of the last utterance, and the greatest similarity that a window of it has with
    /// one. Cost: the windows of the utterance.
    func nearest(_ voices: [[Float]]) -> (words: [Int?], similarity: Float) {
        guard let last = utterances.indices.last, !voices.isEmpty, windowCount == vectors.count else { return ([], 0) }
        let utterance = utterances[last]
        let first = vectors.count - utterance.windows.count
        var part = VoiceVectors()
        for index in first..<vectors.count { part.append(vectors[index]) }
        let labels = SpeakerPath(utterance.windows, part, rules).labels(of: voices)
        let similarity = (0..<part.count).flatMap { index in voices.map { part.product(index, $0) } }.max() ?? 0
        return (SpeakerWindows.labels(of: utterance.words, utterance.windows, labels, rules), similarity)
    }

    private func words(_ path: [Int], from start: Int) -> [[Int?]] {
        var start = start
        return utterances.map { utterance in
            defer { start += utterance.windows.count }
            let labels = Array(path[start..<start + utterance.windows.count])
            return SpeakerWindows.labels(of: utterance.words, utterance.windows, labels, rules)
        }
    }
}

// MARK: - Streams without an end

extension SpeakerTimeline {
    /// Windows that are kept.
    var windowCount: Int { plannedCount }

    /// Forgets the oldest utterances, so that at most `limit` windows are kept, or the last utterance. Their voices stay in
    /// the clusters, and some of their vectors for the estimate.
    ///
    /// - Returns: How many utterances were forgotten.
    mutating func retire(keeping limit: Int) -> Int {
        var (count, windows) = (0, 0)
        while plannedCount - windows > limit, count < utterances.count - 1 {
            windows += utterances[count].windows.count
            count += 1
        }
        guard count > 0, vectors.count == plannedCount else { return 0 }
        for (index, window) in utterances[..<count].flatMap(\.windows).enumerated()
        where window.speech >= rules.leastFoundingLength { retired.append(vectors[index], limit: rules.estimateCount) }
        utterances.removeFirst(count)
        vectors.removeFirst(windows)
        plannedCount -= windows
        return count
    }

    /// Every n-th vector of those that are forgotten.
    struct Retired: Sendable {
        private(set) var vectors: [[Float]] = []
        private(set) var step = 1
        private var seen = 0

        var count: Int { vectors.count }

        mutating func append(_ vector: [Float], limit: Int) {
            if seen % step == 0 { vectors.append(vector) }
            seen += 1
            guard vectors.count > limit else { return }
            vectors = stride(from: 0, to: vectors.count, by: 2).map { vectors[$0] }
            step *= 2
        }
    }
}

/// Who said each word of each utterance, and the voice of each speaker.
package struct SpeakerLabelling: Sendable {
    package var words: [[Int?]]
    /// Vectors of length 1, by the number of the speaker.
    package var voices: [[Float]] = []
    /// The speech of each speaker.
    package var seconds: [Double] = []

    init(words: [[Int?]]) { self.words = words }

    /// Numbers from 0 in order of the first words, instead of indices of `centroids`.
    init(numbering clusters: [[Int?]], _ centroids: [[Float]], _ speech: [Double]) {
        var numbers: [Int: Int] = [:]
        var (voices, seconds): ([[Float]], [Double]) = ([], [])
        words = clusters.map { labels in
            labels.map { label in
                guard let label else { return nil }
                if let number = numbers[label] { return number }
                numbers[label] = numbers.count
                voices.append(centroids[label])
                seconds.append(speech[label])
                return numbers.count - 1
            }
        }
        (self.voices, self.seconds) = (voices, seconds)
    }
}

package import STTValues

/// Who speaks when in a recording: takes its utterances in order, says which windows of them a speaker model must read,
/// and labels the words when all are read.
///
/// A value machine; times are in seconds of the stream. Memory: some 300 bytes for each 0.75 s of speech, and 8 a word, of
/// what is not retired, in a few large blocks.
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
        var wordCount: Int
        var windowCount: Int
    }

    private let rules: SpeakerRules
    private var utterances: [Utterance] = []
    /// The words and the windows of all utterances: many small arrays would leave gaps on the heap.
    private var words: [Range<Float>] = []
    private var windows: [Window] = []
    private var clusters: SpeakerClusters
    private var vectors = VoiceVectors()
    private var lastWordEnd = 0.0
    private var retired = Retired()

    package init(_ rules: SpeakerRules = SpeakerRules()) {
        self.rules = rules
        clusters = SpeakerClusters(rules)
    }

    /// Takes the next utterance and returns the times whose vectors must be appended, in this order.
    package mutating func begin(_ segment: Segment) -> [Range<Double>] {
        let found = SpeakerWindows.windows(
            segment.words.map { $0.start..<max($0.start, $0.end) }, in: segment.start..<segment.end, rules,
            after: lastWordEnd)
        utterances.append(Utterance(wordCount: segment.words.count, windowCount: found.count))
        for word in segment.words { words.append(Float(word.start)..<max(Float(word.start), Float(word.end))) }
        windows += found
        lastWordEnd = segment.words.last?.end ?? lastWordEnd
        return found.map(\.read)
    }

    /// Takes the vectors of the utterance that was begun last.
    package mutating func append(_ found: [[Float]]) {
        guard let last = utterances.last, last.windowCount == found.count else { return }
        for (window, vector) in zip(windows.suffix(last.windowCount), found) {
            vectors.append(vector)
            if window.speech >= rules.leastFoundingLength { clusters.append(vector, seconds: Float(window.speech)) }
        }
    }

    /// Founding windows, evenly spaced over the recording, and the seconds that each of them stands for; `nil` with too few.
    private func sample() -> (vectors: [[Float]], seconds: Float)? {
        let founding = windows.indices.filter { windows[$0].speech >= rules.leastFoundingLength }
        guard founding.count + retired.count >= rules.leastEstimateCount, windows.count == vectors.count else {
            return nil
        }
        // Of what is still here as many as of what is gone.
        let spaced = stride(from: 0, to: founding.count, by: retired.step).map { founding[$0] }
        let allCount = retired.count + spaced.count
        let count = min(allCount, rules.estimateCount)
        let seconds = founding.reduce(0) { $0 + windows[$1].labelled.upperBound - windows[$1].labelled.lowerBound }
        let step = Double(allCount * retired.step) / Double(count)
        // Only those that are drawn are made of their bytes: all of eight hours would be 14 MB.
        let drawn = (0..<count).map { number in
            let place = number * allCount / count
            return place < retired.count ? retired.vectors[place] : vectors[spaced[place - retired.count]]
        }
        return (drawn, Float(seconds / Double(max(1, founding.count)) * step))
    }

    /// The voice of each speaker: by spectral clustering, or by average linkage of all windows where there are too few for it
    /// or more speakers are asked for than it finds.
    private func speakers(_ separation: SpeakerSeparation, in clusters: SpeakerClusters) -> [[Float]] {
        guard let sample = sample() else { return clusters.speakers(separation, estimate: separation.count) }
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
        let centroids = speakers(separation, in: founding)
        guard !centroids.isEmpty, windows.count == vectors.count else {
            return SpeakerLabelling(words: utterances.map { [Int?](repeating: nil, count: $0.wordCount) })
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
        return SpeakerLabelling(numbering: labels(path.labels), path.centroids, seconds)
    }

    /// The nearest voice for every word of the last utterance, and the greatest similarity that a window of it has with
    /// one. Cost: the windows of the utterance.
    func nearest(_ voices: [[Float]]) -> (words: [Int?], similarity: Float) {
        guard let last = utterances.last, !voices.isEmpty, windowCount == vectors.count else { return ([], 0) }
        let windows = Array(windows.suffix(last.windowCount))
        var part = VoiceVectors()
        for index in vectors.count - windows.count..<vectors.count { part.append(vectors[index]) }
        let labels = SpeakerPath(windows, part, rules).labels(of: voices)
        let similarity = (0..<part.count).flatMap { index in voices.map { part.product(index, $0) } }.max() ?? 0
        return (SpeakerWindows.labels(of: words.suffix(last.wordCount), windows, labels, rules), similarity)
    }

    /// The labels of the words of each utterance, by those of all windows.
    private func labels(_ path: [Int]) -> [[Int?]] {
        var (word, window) = (0, 0)
        return utterances.map { utterance in
            let (nextWord, nextWindow) = (word + utterance.wordCount, window + utterance.windowCount)
            defer { (word, window) = (nextWord, nextWindow) }
            return SpeakerWindows.labels(
                of: words[word..<nextWord], Array(windows[window..<nextWindow]), Array(path[window..<nextWindow]), rules
            )
        }
    }
}

// MARK: - Streams without an end

extension SpeakerTimeline {
    /// Windows that are kept.
    var windowCount: Int { windows.count }

    /// Forgets the oldest utterances, so that at most `limit` windows are kept, or the last utterance. Their voices stay in
    /// the clusters, and some of their vectors for the estimate.
    ///
    /// - Returns: How many utterances were forgotten.
    mutating func retire(keeping limit: Int) -> Int {
        var (count, wordCount, retiredCount) = (0, 0, 0)
        while windows.count - retiredCount > limit, count < utterances.count - 1 {
            wordCount += utterances[count].wordCount
            retiredCount += utterances[count].windowCount
            count += 1
        }
        guard count > 0, vectors.count == windows.count else { return 0 }
        for index in 0..<retiredCount where windows[index].speech >= rules.leastFoundingLength {
            retired.append(vectors[index], limit: rules.estimateCount)
        }
        utterances.removeFirst(count)
        words.removeFirst(wordCount)
        windows.removeFirst(retiredCount)
        vectors.removeFirst(retiredCount)
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

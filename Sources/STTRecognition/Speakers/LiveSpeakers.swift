package import STTValues

/// Who speaks when in live speech: labels for each utterance as it comes, numbers that stay, and corrections.
///
/// A new utterance gets the most similar of the voices that are known. From time to time, each time a tenth of the windows is
/// new, all that are kept are labelled anew, as a recording is; the speakers found keep their numbers by the words that they
/// share with the labels before, else by their voices.
///
/// A value machine; times are in seconds of the stream. Memory: at most some 3 MB, whatever the length; older words keep
/// their labels.
package struct LiveSpeakers: Sendable {
    private struct Utterance: Sendable {
        /// The start and the end of each word.
        var words: [Range<Double>]
        var labels: [Int?]
    }

    private let separation: SpeakerSeparation
    private let known: KnownVoices?
    private let rules: SpeakerRules
    /// Windows whose words may be corrected.
    private let windowLimit: Int
    private var timeline: SpeakerTimeline
    private var utterances: [Utterance] = []
    /// The voice of each number when it was found last.
    private var voices: [[Float]] = []
    /// Windows that are new since all were labelled.
    private var newWindowCount = 0
    /// The names of the speakers so far, in order of their numbers; always empty without known voices.
    package private(set) var names: [SpeakerName] = []

    package init(
        _ separation: SpeakerSeparation = .init(), known: KnownVoices? = nil, rules: SpeakerRules = .init(),
        windowLimit: Int = 2_400
    ) {
        (self.separation, self.known, self.rules, self.windowLimit) = (separation, known, rules, windowLimit)
        timeline = SpeakerTimeline(rules)
    }

    /// Takes the next utterance and returns the times whose vectors must be appended, in this order.
    package mutating func begin(_ segment: Segment) -> [Range<Double>] {
        utterances.append(
            Utterance(
                words: segment.words.map { $0.start..<max($0.start, $0.end) }, labels: segment.words.map { _ in nil }))
        return timeline.begin(segment)
    }

    /// Takes the vectors of the utterance that was begun last, and returns which words have other labels now.
    package mutating func append(_ found: [[Float]]) -> [SpeakerSpan] {
        timeline.append(found)
        newWindowCount += found.count
        defer { retire() }
        guard !found.isEmpty else { return [] }
        let nearest = timeline.nearest(voices)
        let isStrange = nearest.similarity < rules.mergeSimilarity && newWindowCount >= 4
        if isStrange || newWindowCount * 10 >= timeline.windowCount { return relabel() }
        let last = utterances.count - 1
        return change([nearest.words], from: last)
    }

    /// Labels everything that is kept once more, if anything is new since the last time.
    package mutating func finish() -> [SpeakerSpan] { newWindowCount == 0 ? [] : relabel() }

    private mutating func retire() {
        // A quarter at a time, so that it is done rarely.
        guard timeline.windowCount > windowLimit else { return }
        utterances.removeFirst(timeline.retire(keeping: windowLimit / 4 * 3))
    }

    private mutating func relabel() -> [SpeakerSpan] {
        newWindowCount = 0
        let labelling = timeline.labelling(separation)
        guard !labelling.voices.isEmpty else { return [] }
        let numbers = numbers(of: labelling)
        for (cluster, number) in numbers.enumerated() { voices[number] = labelling.voices[cluster] }
        if let known { rename(by: known, Set(numbers)) }
        return change(labelling.words.map { $0.map { $0.map { numbers[$0] } } }, from: 0)
    }

    /// Names the speakers that were found now. One that was found before only keeps its name, unless that is another's now.
    private mutating func rename(by known: KnownVoices, _ numbers: Set<Int>) {
        let found = known.names(of: voices.indices.map { numbers.contains($0) ? voices[$0] : [] })
        let taken = Set(found.map(\.name))
        let kept = names.filter { !numbers.contains($0.speaker) && !taken.contains($0.name) }
        names = (kept + found).sorted { $0.speaker < $1.speaker }
    }

    /// The number of each speaker found: that with which it shares most words, then that of the most similar voice, then a
    /// new one.
    private mutating func numbers(of labelling: SpeakerLabelling) -> [Int] {
        let count = labelling.voices.count
        var shared = Array(repeating: Array(repeating: 0.0, count: voices.count), count: count)
        for (utterance, clusters) in zip(utterances, labelling.words) {
            for (index, cluster) in clusters.enumerated() {
                guard let cluster, let number = utterance.labels[index] else { continue }
                shared[cluster][number] += max(
                    0.01, utterance.words[index].upperBound - utterance.words[index].lowerBound)
            }
        }
        let similar = labelling.voices.map { voice in voices.map { Double(VoiceVectors.product(voice, $0)) } }
        var numbers = [Int?](repeating: nil, count: count)
        Self.match(shared, above: 0, &numbers)
        Self.match(similar, above: Double(rules.mergeSimilarity), &numbers)
        for cluster in 0..<count where numbers[cluster] == nil && voices.count < separation.range.upperBound {
            numbers[cluster] = voices.count
            voices.append(labelling.voices[cluster])
        }
        // All numbers are given: the nearest one of those that are free.
        let rest = labelling.voices.map { voice in voices.map { Double(VoiceVectors.product(voice, $0)) } }
        Self.match(rest, above: -.infinity, &numbers)
        return numbers.map { $0 ?? 0 }
    }

    /// Gives each row without a column the free column with the greatest value, the greatest of all first.
    private static func match(_ values: [[Double]], above least: Double, _ columns: inout [Int?]) {
        var pairs: [(value: Double, row: Int, column: Int)] = []
        for (row, line) in values.enumerated() {
            for (column, value) in line.enumerated() where value > least { pairs.append((value, row, column)) }
        }
        var taken = Set(columns.compactMap { $0 })
        for pair in pairs.sorted(by: { ($0.value, $1.row, $1.column) > ($1.value, $0.row, $0.column) })
        where columns[pair.row] == nil && taken.insert(pair.column).inserted { columns[pair.row] = pair.column }
    }

    /// Sets labels, from an utterance on, and returns the spans of the words that changed.
    private mutating func change(_ labels: [[Int?]], from first: Int) -> [SpeakerSpan] {
        var spans: [SpeakerSpan] = []
        for (offset, labels) in labels.enumerated() {
            let index = first + offset
            var isOpen = false
            for (word, label) in labels.enumerated() {
                // A word that has a label keeps it until there is another one.
                guard let label, label != utterances[index].labels[word] else {
                    isOpen = false
                    continue
                }
                utterances[index].labels[word] = label
                let time = utterances[index].words[word]
                // The middle of a word without a length lies in a span of a millisecond.
                let end = max(time.upperBound, time.lowerBound + 0.001)
                if isOpen, spans[spans.count - 1].speaker == label {
                    spans[spans.count - 1].end = end
                } else {
                    spans.append(SpeakerSpan(start: time.lowerBound, end: end, speaker: label))
                }
                isOpen = true
            }
        }
        return spans
    }
}

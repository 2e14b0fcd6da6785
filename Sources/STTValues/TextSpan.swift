/// A part of a text and the words that it was made of.
public struct TextSpan: Sendable, Hashable, Codable {
    /// The part as it is written.
    public var text: String
    /// Where it begins in the text, in Unicode scalars from 0.
    public var start: Int
    /// Where it ends in the text; the scalar there does not belong to it.
    public var end: Int
    /// The indices of its words, in ascending order, never empty.
    public var words: [Int]

    /// A part with its place and its words.
    public init(text: String, start: Int, end: Int, words: [Int]) {
        self.text = text
        self.start = start
        self.end = end
        self.words = words
    }
}

extension Segment {
    /// The parts of the text in order, each with the indices of its words in `words`. Every word is in one part.
    public var spans: [TextSpan] {
        var end = 0
        return writtenWords.map { written in
            let start = end
            end += written.text.unicodeScalars.count + 1
            return TextSpan(text: written.text, start: start, end: end - 1, words: Array(written.indices))
        }
    }
}

extension Transcript {
    /// The parts of the text in order, each with the indices of its words in `words`. Every word is in one part.
    public var spans: [TextSpan] {
        let order = segments.flatMap(\.words).inOrderOfTime()
        var places = Array(repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { places[index] = place }
        var (start, first) = (0, 0)
        return segments.flatMap { segment -> [TextSpan] in
            defer {
                if !segment.text.isEmpty { start += segment.text.unicodeScalars.count + 1 }
                first += segment.words.count
            }
            return segment.text.isEmpty
                ? []
                : segment.spans.map { span in
                    TextSpan(
                        text: span.text, start: start + span.start, end: start + span.end,
                        words: span.words.map { places[first + $0] }.sorted())
                }
        }
    }
}

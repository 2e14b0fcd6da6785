extension Segment {
    /// The words as they are written in `text`: with punctuation and capitals, and with several spoken words that were
    /// written as one ("двадцать пять" as "25") in one.
    ///
    /// A part of the text with spaces inside gives a word for each of its pieces; the time of the part is divided by their
    /// lengths.
    package var writtenWords: [Word] {
        guard let spans = wordSpans, spans.count == words.count else { return words }
        let bytes = Array(text.utf8)
        let groups = Self.groups(spans)
        return groups.indices.flatMap { index -> [Word] in
            let start = index == 0 ? 0 : spans[groups[index].lowerBound].lowerBound
            let end = index + 1 < groups.count ? spans[groups[index + 1].lowerBound].lowerBound : bytes.count
            guard start < end, end <= bytes.count else { return [] }
            return Self.pieces(String(decoding: bytes[start..<end], as: UTF8.self), of: words[groups[index]])
        }
    }

    /// Neighbouring words whose parts of the text overlap or are empty, together.
    private static func groups(_ spans: [Range<Int>]) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var end = 0
        for (index, span) in spans.enumerated() {
            if let last = groups.last, span.isEmpty || span.lowerBound < end || end == 0 {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
            end = max(end, span.upperBound)
        }
        return groups
    }

    private static func pieces(_ text: String, of words: ArraySlice<Word>) -> [Word] {
        let pieces = text.split(separator: " ").map(String.init)
        guard let first = words.first, let last = words.last, !pieces.isEmpty else { return [] }
        let end = max(first.start, last.end)
        let total = Double(pieces.map(\.count).reduce(0, +))
        let confidence = words.map(\.confidence).reduce(0, +) / Float(words.count)
        var position = 0.0
        return pieces.map { piece in
            let start = first.start + (end - first.start) * position / total
            position += Double(piece.count)
            return Word(
                text: piece, start: start, end: min(end, first.start + (end - first.start) * position / total),
                confidence: confidence, speaker: first.speaker)
        }
    }
}

extension FinishedText {
    /// A part of the text, in UTF-8 bytes, and what is written instead.
    struct Edit: Sendable, Hashable {
        var range: Range<Int>
        var text: String
    }

    /// The parts between white space, in UTF-8 bytes.
    var tokens: [Range<Int>] {
        var tokens: [Range<Int>] = []
        var start: Int?
        var offset = 0
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                if let start { tokens.append(start..<offset) }
                start = nil
            } else if start == nil {
                start = offset
            }
            offset += UTF8.width(scalar)
        }
        if let start { tokens.append(start..<offset) }
        return tokens
    }

    /// The text with edits, which are in order and do not overlap. A word within an edited part is that whole part.
    func applying(_ edits: [Edit]) -> FinishedText {
        guard !edits.isEmpty else { return self }
        let bytes = Array(text.utf8)
        var written: [UInt8] = []
        var places: [Range<Int>] = []
        var end = 0
        for edit in edits {
            written += bytes[end..<edit.range.lowerBound]
            places.append(written.count..<written.count + edit.text.utf8.count)
            written += edit.text.utf8
            end = edit.range.upperBound
        }
        written += bytes[end...]
        /// Where an offset went; one within an edit goes to the start or to the end of it.
        func moved(_ offset: Int, isEnd: Bool) -> Int {
            var (low, high) = (0, edits.count)
            while low < high {
                let middle = (low + high) / 2
                if edits[middle].range.upperBound < offset + (isEnd ? 0 : 1) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            let before = low == 0 ? 0 : places[low - 1].upperBound - edits[low - 1].range.upperBound
            guard low < edits.count, edits[low].range.lowerBound < offset + (isEnd ? 0 : 1) else {
                return offset + before
            }
            return isEnd ? places[low].upperBound : places[low].lowerBound
        }
        var result = FinishedText(
            text: String(decoding: written, as: UTF8.self),
            spans: spans.map { span in
                let start = moved(span.lowerBound, isEnd: false)
                return start..<(span.isEmpty ? start : max(start, moved(span.upperBound, isEnd: true)))
            }, settledWordCount: settledWordCount)
        result.masks = masks
        return result
    }
}

import GigaSTT
import STTValues

/// The committed text of an open utterance, which its final keeps.
///
/// A final is decoded over the whole utterance, so it may have a word otherwise than the previews by which that word was
/// committed. Then the committed words stay, and those that follow them are the final's.
struct CommittedText: Sendable {
    /// Two words of the same text whose middles are closer than this, in seconds, are the same word.
    private static let sameWordDistance = 0.4

    private var text = ""
    private var words: [Word] = []

    /// A preview commits text.
    mutating func note(_ partial: Partial) {
        text = partial.committedText
        words = Array(partial.words.prefix(partial.committedWordCount))
    }

    /// The final of the utterance, with the committed text at its beginning. The next utterance has none.
    mutating func close(_ segment: Segment) -> Segment {
        defer { self = CommittedText() }
        guard let last = words.last, !isBeginning(of: segment.text) else { return segment }
        let rest = segment.words.drop { isHeard($0, last) }
        var result = Segment(words: words + rest, start: segment.start, end: segment.end, endpoint: segment.endpoint)
        result.alternatives = segment.alternatives
        if let first = rest.indices.first {
            result.text = text + " " + segment.text(from: first)
            result.wordSpans = segment.wordSpans.map { spans in
                let shift = text.utf8.count + 1 - spans[first].lowerBound
                return words.map { _ in 0..<text.utf8.count }
                    + spans[first...].map { $0.lowerBound + shift..<$0.upperBound + shift }
            }
        } else {
            result.text = text
            result.wordSpans = segment.wordSpans.map { _ in words.map { _ in 0..<text.utf8.count } }
        }
        result.placeMasks(segment.masked)
        return result
    }

    /// Whether `whole` begins with the committed text, and not within a word.
    private func isBeginning(of whole: String) -> Bool {
        guard whole.utf8.starts(with: text.utf8) else { return false }
        let next = whole.utf8.dropFirst(text.utf8.count).first
        return next == nil || next == UInt8(ascii: " ") || text.isEmpty
    }

    /// Whether a word of the final is one of the committed ones, the last of which is given.
    private func isHeard(_ word: Word, _ last: Word) -> Bool {
        let (middle, end) = ((word.start + word.end) / 2, (last.start + last.end) / 2)
        return middle <= last.end || word.text == last.text && abs(middle - end) < Self.sameWordDistance
    }
}

extension Segment {
    /// Masks by their places in the text, which is another one than that in which they were found.
    fileprivate mutating func placeMasks(_ found: [MaskedSpan]?) {
        guard let found else { return }
        let mask = MaskedSpan.mask.unicodeScalars
        let places = text.unicodeScalars.ranges(of: mask).map { range in
            text.unicodeScalars.distance(from: text.unicodeScalars.startIndex, to: range.lowerBound)
        }
        // Those of the final are the last ones; of those that only the previews had the kind is not known.
        let earlier = Array(repeating: "number", count: max(0, places.count - found.count))
        let kinds = earlier + found.suffix(places.count).map(\.kind)
        masked = zip(places, kinds).map { MaskedSpan(kind: $1, start: $0, end: $0 + mask.count) }
    }

    /// The text from a word on.
    fileprivate func text(from index: Int) -> String {
        guard let spans = wordSpans else { return words[index...].map(\.text).joined(separator: " ") }
        return String(decoding: text.utf8.dropFirst(spans[index].lowerBound), as: UTF8.self)
    }
}

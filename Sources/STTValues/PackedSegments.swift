/// Utterances that are kept until their recording ends, in a few large blocks instead of many small ones: some 80 bytes
/// a word instead of 140, and no gaps on the heap between what is kept and what is freed meanwhile.
///
/// They come back as they were, but for `Word.fused`, which no finished word has.
package struct PackedSegments: Sendable {
    private struct Head {
        var start: Double
        var end: Double
        var endpoint: EndpointReason
        var hasSpans: Bool
        /// Bytes of the text of the utterance.
        var textLength: Int32
        var wordCount: Int32
    }

    private struct PackedWord {
        var start: Double
        var end: Double
        var lastToken: Double
        var confidence: Float
        /// Bytes of the word.
        var length: Int32
        /// −1 where it is not known.
        var speaker: Int32
        /// Where it is in the text of the utterance.
        var spanStart: Int32
        var spanEnd: Int32
    }

    private var heads: [Head] = []
    private var words: [PackedWord] = []
    /// The text of each utterance, and behind it its words.
    private var text: [UInt8] = []
    /// Masks and readings of the utterances that have them.
    private var masked: [Int: [MaskedSpan]] = [:]
    private var alternatives: [Int: [Alternative]] = [:]

    package init() {}

    package var count: Int { heads.count }
    /// Seconds to the end of the last utterance; 0 without one.
    package var end: Double { heads.last?.end ?? 0 }

    /// Appends an utterance. Cost: its length.
    package mutating func append(_ segment: Segment) {
        masked[heads.count] = segment.masked
        alternatives[heads.count] = segment.alternatives
        let spans = segment.wordSpans?.count == segment.words.count ? segment.wordSpans : nil
        let textStart = text.count
        text += segment.text.utf8
        heads.append(
            Head(
                start: segment.start, end: segment.end, endpoint: segment.endpoint, hasSpans: spans != nil,
                textLength: Int32(text.count - textStart), wordCount: Int32(segment.words.count)))
        for (index, word) in segment.words.enumerated() {
            let span = spans?[index] ?? 0..<0
            let start = text.count
            text += word.text.utf8
            words.append(
                PackedWord(
                    start: word.start, end: word.end, lastToken: word.lastToken, confidence: word.confidence,
                    length: Int32(text.count - start), speaker: word.speaker.map { Int32($0) } ?? -1,
                    spanStart: Int32(span.lowerBound), spanEnd: Int32(span.upperBound)))
        }
    }

    /// Sets the speaker of each word of each utterance; returns `false`, and changes nothing, where the numbers of
    /// words differ.
    package mutating func setSpeakers(_ speakers: [[Int?]]) -> Bool {
        guard speakers.map(\.count) == heads.map({ Int($0.wordCount) }) else { return false }
        for (index, speaker) in speakers.lazy.joined().enumerated() {
            words[index].speaker = speaker.map { Int32($0) } ?? -1
        }
        return true
    }

    /// The utterances. Cost: their length; the memory of all of them.
    package var segments: [Segment] {
        var (place, position) = (0, 0)
        func take(_ length: Int32) -> String {
            defer { position += Int(length) }
            return String(decoding: text[position..<position + Int(length)], as: UTF8.self)
        }
        return heads.enumerated().map { index, head in
            let whole = take(head.textLength)
            let packed = words[place..<place + Int(head.wordCount)]
            place = packed.endIndex
            var segment = Segment(
                words: packed.map { packed in
                    var word = Word(
                        text: take(packed.length), start: packed.start, end: packed.end, confidence: packed.confidence,
                        speaker: packed.speaker < 0 ? nil : Int(packed.speaker))
                    word.lastToken = packed.lastToken
                    return word
                }, start: head.start, end: head.end, endpoint: head.endpoint)
            segment.text = whole
            segment.wordSpans = head.hasSpans ? packed.map { Int($0.spanStart)..<Int($0.spanEnd) } : nil
            (segment.masked, segment.alternatives) = (masked[index], alternatives[index])
            return segment
        }
    }
}

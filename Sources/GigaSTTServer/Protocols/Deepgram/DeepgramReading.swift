import STTValues

/// One reading of what was said, and which words each part of its text was made of.
struct DeepgramReading: Sendable {
    /// A member of `words` in an answer.
    struct ShownWord: Sendable {
        /// In lower case without punctuation.
        var plain: String
        var written: String
        let start: Double
        let end: Double
        let confidence: Float
        let speaker: Int?
    }

    let text: String
    var words: [Word]
    /// The parts of the text in order, each with the indices of its words.
    private let parts: [(text: String, words: Range<Int>)]

    /// A reading of which only the text is known: its parts are the words where it has as many, else it has the words alone.
    init(_ text: String, _ words: [Word]) {
        let tokens = text.split(separator: " ").map(String.init)
        let written = tokens.count == words.count ? tokens : words.map(\.text)
        (self.text, self.words) = (text, words)
        parts = zip(written, words.indices).map { ($0, $1..<$1 + 1) }
    }

    /// What segments together say.
    init(_ segments: [Segment]) {
        var (words, parts) = ([Word](), [(text: String, words: Range<Int>)]())
        for segment in segments {
            let first = words.count
            parts += segment.writtenWords.map { part in
                (part.text, first + part.indices.lowerBound..<first + part.indices.upperBound)
            }
            words += segment.words
        }
        text = segments.map(\.text).filter { !$0.isEmpty }.joined(separator: " ")
        (self.words, self.parts) = (words, parts)
    }

    /// The readings of segments, the best first: one unless there are alternatives.
    static func readings(_ segments: [Segment], _ alternatives: [Alternative]?) -> [DeepgramReading] {
        let own = DeepgramReading(segments)
        guard let alternatives else { return [own] }
        return alternatives.map { $0.text == own.text ? own : DeepgramReading($0.text, $0.words) }
    }

    /// The words as they were said.
    var plainWords: [ShownWord] {
        words.compactMap { word in
            word.plainText.map { plain in
                ShownWord(
                    plain: plain, written: word.text, start: word.start, end: word.end, confidence: word.confidence,
                    speaker: word.speaker)
            }
        }
    }

    /// The words as they are written: what was written for several is one, and together they read as the text.
    var writtenWords: [ShownWord] {
        var shown: [ShownWord] = []
        for part in parts where !part.text.isEmpty {
            let said = words[part.words]
            let plain = Word(text: part.text, start: 0, end: 0, confidence: 0).plainText
            guard let first = said.first, let last = said.last else { continue }
            // A dash between words is none.
            if plain == nil, !shown.isEmpty {
                shown[shown.count - 1].written += " " + part.text
                continue
            }
            let confidence = said.count == 1 ? first.confidence : Float(Array(said).meanConfidence ?? 0)
            shown.append(
                ShownWord(
                    plain: plain ?? part.text, written: part.text, start: first.start, end: last.end,
                    confidence: confidence, speaker: first.speaker))
        }
        return shown
    }
}

import STTValues

extension Word {
    /// A word spoken with confidence 0.95, the one the tables use when confidence is not their subject.
    init(_ text: String, _ start: Double, _ end: Double, speaker: Int? = nil) {
        self.init(text: text, start: start, end: end, confidence: 0.95, speaker: speaker)
    }
}

extension Transcript {
    /// A transcript of one segment, as long as its last word unless told otherwise.
    init(_ words: [Word], duration: Double? = nil) {
        let duration = duration ?? words.last?.end ?? 0
        let segment = Segment(words: words, start: 0, end: duration, endpoint: .endOfInput)
        self.init(segments: words.isEmpty ? [] : [segment], duration: duration)
    }

    /// A question and an answer by two speakers.
    static let dialogue = Transcript([
        Word("привет", 0, 0.5, speaker: 0), Word("как", 0.6, 0.9, speaker: 0), Word("дела", 1, 1.4, speaker: 1),
    ])

    /// `count` words `word0`, `word1`… one a second, each 0.4 s long.
    static func counting(to count: Int) -> Transcript {
        Transcript((0..<count).map { Word("word\($0)", Double($0), Double($0) + 0.4) })
    }
}

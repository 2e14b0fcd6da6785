/// Rich Transcription Time Marked (`.rttm`, NIST): a `SPEAKER` line for each turn.
enum RichTranscription {
    /// A pause of this many seconds ends a turn (NIST's evaluations of 2003 and later). Times lie on a grid of 40 ms; a
    /// sum of them may be a little less.
    private static let pause = 0.3 - 1e-6

    /// The turns of each speaker in order of their beginnings; one that is not known is called `speech`.
    static func text(of transcript: Transcript, recording: String) -> String {
        let name = String(recording.map { $0.isWhitespace ? "_" : $0 })
        let turns = transcript.passages.flatMap { Self.turns($0.flatMap(\.words)) }.enumerated()
            .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
        return turns.map { turn in
            let times = "\(ThreeDecimals.text(of: turn.start)) \(ThreeDecimals.text(of: turn.end - turn.start))"
            let speaker = turn.speaker.map { "SPEAKER_\($0)" } ?? "speech"
            return "SPEAKER \(name.isEmpty ? "recording" : name) 1 \(times) <NA> <NA> \(speaker) <NA> <NA>\n"
        }.joined()
    }

    private static func turns(_ words: [Word]) -> [(start: Double, end: Double, speaker: Int?)] {
        words.reduce(into: []) { turns, word in
            let end = max(word.start, word.end)
            if let last = turns.last, last.speaker == word.speaker, word.start - last.end < pause {
                turns[turns.count - 1].end = max(last.end, end)
            } else {
                turns.append((word.start, end, word.speaker))
            }
        }
    }
}

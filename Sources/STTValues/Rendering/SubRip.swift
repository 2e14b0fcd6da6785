/// SubRip (`.srt`): numbered cues.
enum SubRip {
    /// The document: an empty line between cues, one newline at the end; empty without cues.
    static func text(of cues: [Cue]) -> String {
        zip(1..., cues).map { number, cue in
            let start = Timestamp(seconds: cue.start).subtitle(fractionSeparator: ",")
            let end = Timestamp(seconds: cue.end).subtitle(fractionSeparator: ",")
            return "\(number)\n\(start) --> \(end)\n\(cue.text)\n"
        }.joined(separator: "\n")
    }
}

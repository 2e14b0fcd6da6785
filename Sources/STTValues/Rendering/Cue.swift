/// One subtitle on screen: its lines and when it shows.
struct Cue: Sendable, Hashable {
    /// Seconds to the start of the first word.
    var start: Double
    /// Seconds to the end of the last word, or later where a reader needs the time.
    var end: Double
    /// The words joined by single spaces, behind the label of their speaker if there is one. Two lines have a newline
    /// between them.
    var text: String

    /// What stands before the words of a speaker.
    static func label(ofSpeaker speaker: Int?) -> String { speaker.map { "[SPEAKER_\($0)] " } ?? "" }
}

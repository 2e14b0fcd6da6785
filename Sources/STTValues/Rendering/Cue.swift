/// One subtitle on screen: a single line of text and when it shows.
struct Cue: Sendable, Hashable {
    /// Seconds to the start of the first word.
    var start: Double
    /// Seconds to the end of the last word.
    var end: Double
    /// The words joined by single spaces, behind the label of their speaker if there is one.
    var text: String
}

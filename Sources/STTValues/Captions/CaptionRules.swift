/// The limits of captions. Times are in milliseconds, as subtitle files state them.
package struct CaptionRules: Sendable, Hashable {
    package var maxLines = 2
    /// Characters as a reader sees them (grapheme clusters).
    package var maxCharactersPerLine = 42
    package var shortest = 700
    package var longest = 7_000
    /// Characters of all lines and one space between two of them, by the time that the cue is shown.
    package var maxCharactersPerSecond = 20
    /// A pause of this length ends a cue.
    package var pause = 800

    /// The rules of `CaptionStyle.broadcast`.
    package static let broadcast = CaptionRules()

    /// The least time in which so many characters can be read.
    func readingTime(_ characterCount: Int) -> Int {
        (characterCount * 1_000 + maxCharactersPerSecond - 1) / maxCharactersPerSecond
    }
}

/// Which rules subtitles obey.
public enum CaptionStyle: String, Sendable, Hashable, CaseIterable {
    /// One line a cue, within `maxCharactersPerLine` and `maxWordsPerLine`, grouped as `cues` says.
    case lines
    /// Cues as broadcasters print them: at most 2 lines of 42 characters, 0.7 to 7 s, at most 20 characters a second; they
    /// end at punctuation, pauses and changes of speaker, and no line ends with a preposition.
    ///
    /// Where the limits contradict each other, an earlier one takes precedence: every word once and in order; no cue before its first
    /// word or beyond the start of the next one; one speaker, no pause of 0.8 s; the lines; 7 s; 0.7 s; 20 characters a
    /// second; prepositions. A word that is longer than a line is not split.
    case broadcast
}

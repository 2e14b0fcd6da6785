extension Word {
    /// The word as it may stand within a line: spaces, tabs and line breaks inside it become single spaces.
    ///
    /// A model's words have none; a line break in one would end a cue or a table row early.
    var lineText: String {
        text.split { $0 == " " || $0 == "\t" || $0.isNewline }.joined(separator: " ")
    }
}

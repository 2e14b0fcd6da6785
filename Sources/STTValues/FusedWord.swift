/// How a word is written by fusion: with the marks, capitals and digits of another head.
package struct FusedWord: Sendable, Hashable {
    /// The text of all words that are written together: "двадцать пять" is "25".
    package var text: String
    /// Which of them this word is, from 0.
    package var index: Int
    /// How many they are.
    package var count: Int

    package init(text: String, index: Int = 0, count: Int = 1) {
        (self.text, self.index, self.count) = (text, index, count)
    }
}

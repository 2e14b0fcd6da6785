/// A piece of normalised text and the words it was made of.
package struct NumberToken: Sendable, Hashable {
    package var text: String
    /// Indices of the words of the input, never empty.
    package var source: Range<Int>

    package init(text: String, source: Range<Int>) {
        self.text = text
        self.source = source
    }

    var isDigits: Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}

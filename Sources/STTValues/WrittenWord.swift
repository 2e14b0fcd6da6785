/// A part of a text as it is written, and the words that were said for it.
package struct WrittenWord: Sendable, Hashable {
    /// Without spaces around it.
    package var text: String
    /// Never empty.
    package var words: ArraySlice<Word>

    package init(text: String, words: ArraySlice<Word>) {
        self.text = text
        self.words = words
    }

    /// Where its words are in their segment.
    package var indices: Range<Int> { words.indices }
    package var start: Double { words.first?.start ?? 0 }
    package var end: Double { words.last?.end ?? 0 }
    package var speaker: Int? { words.first?.speaker }

    /// The part as if it had been one word.
    var joined: Word {
        Word(text: text, start: start, end: end, confidence: words.first?.confidence ?? 0, speaker: speaker)
    }
}

extension Segment {
    /// The parts of the text in order; each word is in one of them.
    package var writtenWords: [WrittenWord] {
        let bytes = Array(text.utf8)
        // A caller may have changed text or words: then there is no map any more.
        guard let wordSpans, wordSpans.count == words.count,
            wordSpans.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= bytes.count })
        else {
            return words.indices.map { WrittenWord(text: words[$0].text, words: words[$0..<$0 + 1]) }
        }
        var result: [WrittenWord] = []
        var first = 0
        for index in words.indices {
            // A word that is not written belongs to the part before it, or to the first one.
            let next = words.index(after: index)
            let isOpen = wordSpans[first..<next].allSatisfy(\.isEmpty)
            guard next == words.endIndex || !(isOpen || wordSpans[next].isEmpty || wordSpans[next] == wordSpans[first])
            else { continue }
            let span = wordSpans[first..<next].first { !$0.isEmpty } ?? wordSpans[first]
            result.append(WrittenWord(text: String(decoding: bytes[span], as: UTF8.self), words: words[first..<next]))
            first = next
        }
        return result
    }
}

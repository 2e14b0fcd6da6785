import STTText
package import STTValues

/// Joins two readings of one window: the words of a head that writes bare words, and the marks, capitals and digits of one
/// that writes text. The words are aligned by their letters and times, at the least cost.
///
/// No word of the bare reading is lost: what the other head lacks is written bare, and what only that head has
/// is left out. A numeral becomes digits only if the digits are those that the number rules write for its words; else the
/// rules write it.
package enum HeadFusion {
    /// Pairs of words that are compared at most; a window of speech has some thousand. Beyond, nothing is fused.
    static let pairLimit = 250_000

    /// The words, each with how it is written.
    package static func fuse(_ words: [Word], with marked: [Word]) -> [Word] {
        let marked = MarkedWord.words(marked)
        guard !words.isEmpty, !marked.isEmpty, words.count * marked.count <= pairLimit else { return words }
        var written = WrittenGroups()
        for step in HeadAlignment(words.map(BareWord.init), marked).steps {
            switch step {
            case .bare(let index): written.add(words[index].text, index..<index + 1)
            case .dropped(let index): written.end(with: marked[index].endMarks)
            case .word(let bare, let group):
                written.add(marked[group].map(\.text).joined(separator: " ").spelled(by: words[bare]), bare)
            case .other(let bare, let index): written.add(marked[index].text.framing(words[bare]), bare..<bare + 1)
            case .number(let bare, let group, let text):
                let own = marked[group].map(\.text).joined(separator: " ")
                written.add(text.map { own.framing($0) } ?? own, bare)
            }
        }
        var result = words
        for group in written.groups {
            for (offset, index) in group.words.enumerated() {
                result[index].fused = FusedWord(text: group.text, index: offset, count: group.words.count)
            }
        }
        return result
    }
}

/// What has been written so far.
private struct WrittenGroups {
    var groups: [(text: String, words: Range<Int>)] = []

    mutating func add(_ text: String, _ words: Range<Int>) { groups.append((text, words)) }

    /// Adds the marks behind a word that is left out, unless there are some.
    mutating func end(with marks: Substring) {
        guard let last = groups.last?.text.last, last.isLetter || last.isNumber else { return }
        groups[groups.count - 1].text += marks
    }
}

extension String {
    /// The text with the letters of other words, which are as many, in its case and between its marks.
    fileprivate func spelled(by words: ArraySlice<Word>) -> String {
        var letters = words.flatMap { $0.text.filter { $0.isLetter || $0.isNumber } }[...]
        let text = map { character -> String in
            guard character.isLetter || character.isNumber, let letter = letters.popFirst() else {
                return String(character)
            }
            return character.isUppercase ? letter.uppercased() : "\(letter)"
        }
        return text.joined() + String(letters)
    }

    /// Another word in the place of that of this text: with its marks and its capitals.
    fileprivate func framing(_ word: Word) -> String {
        let letters = filter { $0.isLetter || $0.isNumber }
        let isCapital = letters.first?.isUppercase == true
        let isLoud = letters.count > 1 && letters.allSatisfy(\.isUppercase)
        let first = word.text.prefix(1)
        return framing(
            isLoud ? word.text.uppercased() : (isCapital ? first.uppercased() : String(first)) + word.text.dropFirst())
    }

    /// Another text between the marks of this one.
    fileprivate func framing(_ text: String) -> String {
        let isMark = { (character: Character) in !character.isLetter && !character.isNumber && !character.isSign }
        return prefix(while: isMark) + text + String(reversed().prefix(while: isMark).reversed())
    }
}

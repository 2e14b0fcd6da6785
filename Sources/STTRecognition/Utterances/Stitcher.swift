package import STTValues

/// Joins the words of two windows that read the same audio around a cut, so that a word there appears once.
///
/// Words are compared by their letters: at the edge of a window, a head that punctuates ends a sentence that goes on.
///
/// Token times move by a frame or two from window to window, so a word next to the cut may lie before it in one
/// window and behind it in the other. Each side keeps the words whose middle lies on its side of the cut; the
/// second side then corrects itself by what the first one did.
package struct Stitcher: Sendable {
    /// Two words of the same text closer than this are the same word.
    private static let sameWordDistance = 0.4
    /// How far the times of one word differ between two windows, in seconds: two frames and a half.
    private static let timeShift = 0.1
    /// Words of the first side that the second looks at, in seconds before the cut.
    private static let memory = 1.5
    /// How close to the cut, in seconds, the second window also holds all of a word.
    private static let sharedContext = 0.5

    private var kept: [Word] = []  // near the last cut
    private var dropped: [Word] = []  // behind it
    private var cut: Double?

    package init() {}

    /// Words of the next window. `nextCut`: where the window was cut, `nil` when a pause ended it;
    /// `continues`: whether the window before was cut.
    package mutating func join(_ words: [Word], continues: Bool, nextCut: Double?) -> [Word] {
        var words = words
        if continues, let cut { words = correct(words, at: cut) }
        guard let nextCut else {
            (kept, dropped, cut) = ([], [], nil)
            return words
        }
        let boundary = boundary(of: words, cut: nextCut)
        cut = boundary
        let result = words.filter { $0.middle < boundary }
        dropped = words.filter { $0.middle >= boundary }
        kept = result.filter { $0.middle > boundary - Self.memory }
        return result
    }

    /// The cut, or the start of the last word before it where that word ends a sentence: its full stop may be there
    /// because the window ends, so the second window spells it.
    private func boundary(of words: [Word], cut: Double) -> Double {
        guard let last = words.last, last.middle < cut, last.start > cut - Self.sharedContext,
            last.text.last.map({ !$0.isLetter && !$0.isNumber }) == true
        else { return cut }
        return max(words.dropLast().last?.lastToken ?? 0, last.start - Self.sameWordDistance / 2)
    }

    private func correct(_ words: [Word], at cut: Double) -> [Word] {
        var result = words.filter { word in
            switch (distance(from: word, to: kept), distance(from: word, to: dropped)) {
            case (nil, nil): word.middle >= cut || isMissed(word)
            case (let toKept?, let toDropped?): toDropped < toKept
            case (let toKept, _): toKept == nil
            }
        }
        // A word that the first side left to this one, and that this one does not have, would vanish.
        let first = result.first?.start ?? .infinity
        let orphans = dropped.filter { word in
            word.lastToken < first && !words.contains { isSame($0, word) || overlaps($0, word) }
        }
        result.insert(contentsOf: orphans, at: 0)
        return inOrder(result)
    }

    /// Whether a word before the cut that only the second side has comes after all that was kept: the first side missed it
    /// at the edge of its window. The end of a kept word, a frame or two later than there, is none.
    private func isMissed(_ word: Word) -> Bool {
        guard let last = kept.last else { return true }
        return word.start > last.lastToken + Self.timeShift && !last.letters.hasSuffix(word.letters)
    }

    /// How far the nearest appearance of a word is; `nil` when it is not among `others`.
    private func distance(from word: Word, to others: [Word]) -> Double? {
        others.filter { isSame($0, word) }.map { abs($0.middle - word.middle) }.min()
    }

    /// A word that this side places a frame or two earlier does not begin before what was said already.
    private func inOrder(_ words: [Word]) -> [Word] {
        guard let floor = kept.last?.start else { return words }
        return words.map { word in
            var word = word
            word.start = max(word.start, floor)
            word.lastToken = max(word.lastToken, word.start)
            word.end = max(word.end, word.lastToken)
            return word
        }
    }

    private func isSame(_ a: Word, _ b: Word) -> Bool {
        a.letters == b.letters && abs(a.middle - b.middle) < Self.sameWordDistance
    }
    private func overlaps(_ a: Word, _ b: Word) -> Bool { a.start <= b.lastToken && b.start <= a.lastToken }
}

extension Word {
    fileprivate var middle: Double { (start + lastToken) / 2 }

    /// The word without case and punctuation; a sign that stands alone is itself.
    fileprivate var letters: String {
        let letters = text.filter { $0.isLetter || $0.isNumber }
        return letters.isEmpty ? text : letters.lowercased()
    }
}

package import STTValues

/// Joins the words of two windows that read the same audio around a cut, so that a word there appears once.
///
/// Token times move by a frame or two from window to window, so a word next to the cut may lie before it in one
/// window and behind it in the other. Each side keeps the words whose middle lies on its side of the cut; the
/// second side then corrects itself by what the first one did.
package struct Stitcher: Sendable {
    /// Two words of the same text closer than this are the same word.
    private static let sameWordDistance = 0.4
    /// Words of the first side that the second looks at, in seconds before the cut.
    private static let memory = 1.5

    private var kept: [Word] = []  // near the last cut
    private var dropped: [Word] = []  // behind it
    private var cut: Double?

    package init() {}

    /// Words of the next window. `nextCut`: where the window was cut, `nil` when a pause ended it;
    /// `continues`: whether the window before was cut.
    package mutating func join(_ words: [Word], continues: Bool, nextCut: Double?) -> [Word] {
        var words = words
        if continues, let cut { words = correct(words, at: cut) }
        cut = nextCut
        guard let nextCut else {
            (kept, dropped) = ([], [])
            return words
        }
        let result = words.filter { $0.middle < nextCut }
        dropped = words.filter { $0.middle >= nextCut }
        kept = result.filter { $0.middle > nextCut - Self.memory }
        return result
    }

    private func correct(_ words: [Word], at cut: Double) -> [Word] {
        var result = words.filter { word in
            switch (distance(from: word, to: kept), distance(from: word, to: dropped)) {
            case (nil, nil): word.middle >= cut
            case (let toKept?, let toDropped?): toDropped < toKept
            case (let toKept, _): toKept == nil
            }
        }
        // A word that the first side left to this one, and that this one does not have, would vanish.
        let first = result.first?.start ?? .infinity
        let orphans = dropped.filter { word in
            word.end < first && !words.contains { isSame($0, word) || overlaps($0, word) }
        }
        result.insert(contentsOf: orphans, at: 0)
        return inOrder(result)
    }

    /// How far the nearest appearance of a word is; `nil` when it is not among `others`.
    private func distance(from word: Word, to others: [Word]) -> Double? {
        others.filter { isSame($0, word) }.map { abs($0.middle - word.middle) }.min()
    }

    /// A word that this side hears a frame or two earlier does not begin before what was said already.
    private func inOrder(_ words: [Word]) -> [Word] {
        guard let floor = kept.last?.start else { return words }
        return words.map { word in
            var word = word
            word.start = max(word.start, floor)
            word.end = max(word.end, word.start)
            return word
        }
    }

    private func isSame(_ a: Word, _ b: Word) -> Bool {
        a.text == b.text && abs(a.middle - b.middle) < Self.sameWordDistance
    }
    private func overlaps(_ a: Word, _ b: Word) -> Bool { a.start <= b.end && b.start <= a.end }
}

extension Word {
    fileprivate var middle: Double { (start + end) / 2 }
}

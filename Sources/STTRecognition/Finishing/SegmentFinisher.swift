package import STTValues

/// The passes that turn the words of a stitched segment into its text, in order.
package struct SegmentFinisher: Sendable {
    package var passes: [any TextPass]

    package init(_ passes: [any TextPass] = []) { self.passes = passes }

    /// Without passes there is nothing to do, and the text is the words joined.
    package var isEmpty: Bool { passes.isEmpty }

    /// The text of `words`. What one pass has not settled is not settled by a later one.
    ///
    /// Throws what a pass throws, and `inferenceFailed` when a pass gives a map that does not fit its words.
    package func text(of words: [Word], isComplete: Bool) throws -> FinishedText {
        var text = FinishedText(words)
        guard !words.isEmpty else { return text }
        for pass in passes {
            let settled = text.settledWordCount
            text = try pass.apply(to: text, of: words, isComplete: isComplete)
            guard text.isMap(of: words.count) else {
                throw GigaSTTError(
                    .inferenceFailed, "A text pass lost track of the words. Switch it off, and report this.",
                    detail: "\(type(of: pass))")
            }
            text.settledWordCount = isComplete ? words.count : min(settled, text.settledWordCount)
        }
        return text
    }

    /// `segment` with the text that the passes give, and the map of its words to it.
    package func finish(_ segment: Segment) throws -> Segment {
        let text = try text(of: segment.words, isComplete: true)
        var segment = segment
        (segment.text, segment.wordSpans) = (text.text, text.spans)
        return segment
    }

    /// `partial` with the text that the passes give. What they settle of its settled words alone is committed: words that may
    /// still change have no part in it.
    package func finish(_ partial: Partial) throws -> Partial {
        let settled = try text(of: Array(partial.words.prefix(partial.stableWordCount)), isComplete: false)
        let count = settled.settledWordCount
        let committed = settled.text.utf8.prefix(count == 0 ? 0 : settled.spans[count - 1].upperBound)
        var result = partial
        let whole = try text(of: partial.words, isComplete: false).text
        if whole.utf8.starts(with: committed) {
            result.write(whole, committed: committed.count, of: count)
        } else {
            // Text that is committed stays, also where the words behind it would have it otherwise.
            let rest = partial.words.dropFirst(count).map { " " + $0.text }.joined()
            result.write(String(decoding: committed, as: UTF8.self) + rest, committed: committed.count, of: count)
        }
        return result
    }
}

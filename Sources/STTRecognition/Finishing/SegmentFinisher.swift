package import STTValues

/// The passes that turn the words of a stitched segment into its text, in order.
package struct SegmentFinisher: Sendable {
    package var passes: [any TextPass]

    package init(_ passes: [any TextPass] = []) { self.passes = passes }

    /// Without passes there is nothing to do, and the text is the words joined.
    package var isEmpty: Bool { passes.isEmpty }

    /// The text of `words`, of which the first `settledCount` will not change (`nil`: all). What one pass has not settled is
    /// not settled by a later one.
    ///
    /// Throws what a pass throws, and `inferenceFailed` when a pass gives a map that does not fit its words.
    package func text(of words: [Word], isComplete: Bool, settledCount: Int? = nil) throws -> FinishedText {
        var text = FinishedText(words)
        if let settledCount { text.settledWordCount = settledCount }
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
        (segment.words, segment.masked) = (text.masking(segment.words).withoutFusion, text.maskedSpans)
        segment.alternatives = try segment.alternatives?.map { reading in
            let text = try self.text(of: reading.words, isComplete: true)
            var reading = reading
            (reading.words, reading.text) = (text.masking(reading.words).withoutFusion, text.text)
            return reading
        }.withoutRepeatedTexts()
        // Another reading may have the same number with a digit that fails its check, and show it.
        if segment.masked?.isEmpty == false { segment.alternatives = segment.alternatives.map { Array($0.prefix(1)) } }
        return segment
    }

    /// `partial` with the text that the passes give. What they settle of its settled words is committed, and what was
    /// committed by the partial before it stays as it was written then.
    package func finish(_ partial: Partial, after before: Partial.Written? = nil) throws -> Partial {
        let whole = try text(of: partial.words, isComplete: false, settledCount: partial.stableWordCount)
        let count = max(whole.settledWordCount, before?.committedWordCount ?? 0)
        let end = count == 0 ? 0 : whole.spans[count - 1].upperBound
        var result = partial
        result.words = whole.masking(partial.words)
        guard let before, before.committedWordCount > 0, !whole.begins(with: before) else {
            result.write(whole.text, committed: end, of: count)
            return result
        }
        let kept = before.committedWordCount
        let start = kept < whole.spans.count ? whole.spans[kept].lowerBound : whole.text.utf8.count
        let rest = String(decoding: whole.text.utf8.dropFirst(start), as: UTF8.self)
        let grown = count == kept ? 0 : 1 + end - start
        result.write(
            before.committedText + (rest.isEmpty ? "" : " " + rest), committed: before.committedByteCount + grown,
            of: count)
        return result
    }
}

extension FinishedText {
    /// Whether the words that were committed are written as they were then.
    fileprivate func begins(with before: Partial.Written) -> Bool {
        spans[before.committedWordCount - 1].upperBound == before.committedByteCount
            && text.utf8.starts(with: before.committedText.utf8)
    }
}

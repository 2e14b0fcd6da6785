package import STTText
package import STTValues

/// Masks profanity and numbers that belong to a person. It reads the words, so it finds numbers in letters and in digits
/// alike, and comes after the number pass, whose digits it replaces.
package struct MaskPass: TextPass {
    private let rules: MaskRules

    package init(_ rules: MaskRules) { self.rules = rules }

    package func apply(to text: FinishedText, of words: [Word], isComplete: Bool) -> FinishedText {
        let found = rules.apply(to: words.map(\.text))
        var masks = found.matches.map { FinishedText.Mask(kind: $0.kind.rawValue, words: $0.words) }
        if !isComplete {
            masks = masks.filter { $0.words.lowerBound < found.open.lowerBound || !found.hidesOpen }
            if found.hidesOpen { masks.append(FinishedText.Mask(kind: nil, words: found.open)) }
        }
        masks = text.widened(masks)
        var result = text.applying(
            masks.map { mask in
                FinishedText.Edit(range: text.bytes(of: mask.words), text: MaskedSpan.mask)
            })
        result.masks = masks
        if !isComplete {
            let open = rules.apply(to: words.prefix(text.settledWordCount).map(\.text)).open
            if !open.isEmpty { result.settledWordCount = min(result.settledWordCount, open.lowerBound) }
            // A number that is masked as a whole is committed as a whole.
            for mask in masks where mask.words.contains(result.settledWordCount) {
                result.settledWordCount = min(result.settledWordCount, mask.words.lowerBound)
            }
        }
        return result
    }
}

extension FinishedText {
    func bytes(of words: Range<Int>) -> Range<Int> {
        spans[words.lowerBound].lowerBound..<spans[words.upperBound - 1].upperBound
    }

    /// Masks over everything that is written together with their words, such as "рублей" of "5 ₽"; those that meet are one.
    fileprivate func widened(_ masks: [Mask]) -> [Mask] {
        var result: [Mask] = []
        for var mask in masks {
            var (first, last) = (mask.words.lowerBound, mask.words.upperBound)
            while first > 0, spans[first - 1].upperBound > spans[first].lowerBound { first -= 1 }
            while last < spans.count, spans[last].lowerBound < spans[last - 1].upperBound { last += 1 }
            mask.words = first..<last
            if let before = result.last, before.words.upperBound > first {
                result[result.count - 1].words = before.words.lowerBound..<max(before.words.upperBound, last)
            } else {
                result.append(mask)
            }
        }
        return result
    }

    /// The words, of which masked ones have the mask as text.
    func masking(_ words: [Word]) -> [Word] {
        guard let masks, !masks.isEmpty else { return words }
        var words = words
        for mask in masks {
            for index in mask.words { words[index].text = MaskedSpan.mask }
        }
        return words
    }

    /// The masks by their place in the text.
    var maskedSpans: [MaskedSpan]? {
        guard let masks else { return nil }
        let bytes = text.utf8
        var (scalars, end) = (0, 0)
        func position(_ offset: Int) -> Int {
            // Counted on from the place before it.
            let part = bytes.dropFirst(end).prefix(offset - end)
            scalars += part.count { $0 & 0xC0 != 0x80 }
            end = offset
            return scalars
        }
        return masks.map { mask in
            let place = self.bytes(of: mask.words)
            let start = position(place.lowerBound)
            return MaskedSpan(kind: mask.kind ?? "number", start: start, end: start + MaskedSpan.mask.count)
        }
    }
}

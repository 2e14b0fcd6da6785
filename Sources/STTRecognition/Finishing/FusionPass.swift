package import STTValues

/// Writes words as fusion has them. The first pass, in place of those for numbers and punctuation.
///
/// Before a final there is nothing to fuse with: the text is then that of the bare words, and none of it is settled.
package struct FusionPass: TextPass {
    package init() {}

    package func apply(to text: FinishedText, of words: [Word], isComplete: Bool) -> FinishedText {
        var result = FinishedText(text: "", spans: [], settledWordCount: isComplete ? words.count : 0)
        result.masks = text.masks
        var index = 0
        while index < words.count {
            let count = words[index...].wholeGroup
            if !result.text.isEmpty { result.text += " " }
            let start = result.text.utf8.count
            result.text += count.flatMap { _ in words[index].fused?.text } ?? words[index].text
            result.spans += Array(repeating: start..<result.text.utf8.count, count: count ?? 1)
            index += count ?? 1
        }
        return result
    }
}

extension ArraySlice<Word> {
    /// The length of the group that begins here; `nil` where it is not whole, as at the join of two windows.
    fileprivate var wholeGroup: Int? {
        guard let group = first?.fused, group.index == 0, group.count <= count else { return nil }
        let isWhole = prefix(group.count).enumerated().allSatisfy { index, word in
            word.fused == FusedWord(text: group.text, index: index, count: group.count)
        }
        return isWhole ? group.count : nil
    }
}

extension [Word] {
    /// The words without what fusion needed.
    var withoutFusion: [Word] {
        guard contains(where: { $0.fused != nil }) else { return self }
        return map { word in
            var word = word
            word.fused = nil
            return word
        }
    }
}

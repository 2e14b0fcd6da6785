import GigaSTT
import STTValues

/// What was written in stretches that a reader takes in at once: a new one begins with another speaker, after a pause,
/// after the end of a sentence, and where the stretch would be too long (gigastt 2.9 contract).
enum SegmentGrouping {
    private static let pause = 0.9
    private static let longest = 30.0

    /// The stretches of a transcript in order of their beginnings; where two speak at once, each has their own.
    static func groups(of transcript: Transcript) -> [ArraySlice<WrittenWord>] {
        let stretches = transcript.passages.flatMap(split)
        return stretches.enumerated()
            .sorted { ($0.element.first?.start ?? 0, $0.offset) < ($1.element.first?.start ?? 0, $1.offset) }
            .map(\.element)
    }

    /// The stretches in order; together they hold every word.
    static func split(_ words: [WrittenWord]) -> [ArraySlice<WrittenWord>] {
        var result: [ArraySlice<WrittenWord>] = []
        var start = 0
        for index in words.indices.dropFirst() where isBoundary(words[index - 1], words[index], from: words[start]) {
            result.append(words[start..<index])
            start = index
        }
        if !words.isEmpty { result.append(words[start...]) }
        return result
    }

    private static func isBoundary(_ last: WrittenWord, _ next: WrittenWord, from first: WrittenWord) -> Bool {
        last.speaker != next.speaker || next.start - last.end > pause || next.end - first.start > longest
            || [".", "!", "?"].contains(last.text.suffix(1))
    }
}

import GigaSTT
import OnnxRuntime
import STTRecognition

/// The oracle: what the model recognises when the audio is cut by hand, at borders that are known because the
/// recording was made of clips. Nothing that finds utterances has a part in it.
struct HandCuts {
    private let model: SpeechModel
    private let assembler: WordAssembler

    init(_ folder: ModelFolder) throws {
        model = try SpeechModel(ModelFiles(in: folder.url, head: folder.head))
        assembler = WordAssembler(vocabulary: model.vocabulary)
    }

    /// The words of each clip that the model recognises wherever the audio around the clip is cut.
    func words(of mix: CompletenessMix) throws -> [[String]] {
        try mix.clips.indices.map { index in
            let reading = try decode(cut(mix, index, margin: 3_200), of: mix)
            let others = try [800, 8_000, 16_000].map { try decode(cut(mix, index, margin: $0), of: mix) }
            let lost = Set(others.flatMap { LetterAlignment(reference: reading, recognised: $0).lost })
            return reading.indices.filter { !lost.contains($0) }.map { reading[$0] }
        }
    }

    /// Whether the words around one that is missing are recognised in other cuts around its clip, with the speech
    /// beside it: the model itself may hear a short word in one context and not in another.
    func isHeardInContext(_ word: Int, ofClip index: Int, words: [String], in mix: CompletenessMix) throws -> Bool {
        let clip = mix.clips[index]
        for margin in stride(from: 16_000, through: 112_000, by: 16_000) {
            for (before, after) in [(margin, margin), (margin, 4_800), (4_800, margin)] {
                let range = (clip.lowerBound - before..<clip.upperBound + after).clamped(to: mix.samples.indices)
                guard range.count <= 24 * 16_000 else { continue }
                let reading = try decode(range, of: mix)
                if LetterAlignment(reference: words, recognised: reading).lost.contains(word) { return false }
            }
        }
        return true
    }

    /// The clip with up to `margin` samples on either side, and at most half of the pause to its neighbour.
    private func cut(_ mix: CompletenessMix, _ index: Int, margin: Int) -> Range<Int> {
        let clip = mix.clips[index]
        let before = index == 0 ? clip.lowerBound : (clip.lowerBound - mix.clips[index - 1].upperBound) / 2
        let next = index + 1 < mix.clips.count ? mix.clips[index + 1].lowerBound : nil
        let after = next.map { ($0 - clip.upperBound) / 2 } ?? (mix.samples.count - clip.upperBound)
        let range = clip.lowerBound - min(margin, before)..<clip.upperBound + max(0, min(margin, after))
        return range.clamped(to: mix.samples.indices)
    }

    private func decode(_ range: Range<Int>, of mix: CompletenessMix) throws -> [String] {
        var frontEnd = LogMel()
        let window = FeatureWindow(values: frontEnd.append(Array(mix.samples[range])).values)
        let cancellation = try RunCancellation(in: model.environment)
        let hypothesis = try model.decode(window, cancellation: cancellation)
        return assembler.words(hypothesis.tokens).map(\.text)
    }
}

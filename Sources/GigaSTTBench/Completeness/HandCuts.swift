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

    /// The words of each clip that the model recognises wherever the audio around the clip is cut, in the time of the
    /// mix.
    func words(of mix: CompletenessMix) throws -> [[Word]] {
        try mix.clips.indices.map { index in
            let reading = try decode(cut(mix, index, margin: 3_200), of: mix)
            let others = try [800, 8_000, 16_000].map { try decode(cut(mix, index, margin: $0), of: mix) }
            let lost = Set(others.flatMap { LetterAlignment(reference: reading, recognised: $0).lost })
            return reading.indices.filter { !lost.contains($0) }.map { reading[$0] }
        }
    }

    /// Whether a word that is missing is recognised in every cut around its clip, and in the audio of the segment that it is
    /// missing from: the model itself may recognise a word in one context and not in another.
    func isHeardInEveryContext(
        _ word: Int, ofClip clip: Int, words: [Word], in mix: CompletenessMix, _ segments: [Segment]
    ) throws -> Bool {
        let own = audio(around: words[word].start...max(words[word].start, words[word].end), of: segments, in: mix)
        for range in own + contexts(of: clip...clip, in: mix) {
            // The letters of a short word are in many words: only those of its clip count.
            let reading = try decode(range, of: mix).filter {
                let place = Int($0.start * 16_000)..<Int(max($0.start, $0.end) * 16_000) + 1
                return Self.distance(mix.clips[clip], place) < 4_800
            }
            if LetterAlignment(reference: words, recognised: reading).lost.contains(word) { return false }
        }
        return true
    }

    /// Whether the model recognises both words in some cut around them: then neither repeats the other.
    func isHeardTwice(
        _ first: Word, _ second: Word, in mix: CompletenessMix, _ segments: [Segment]
    ) throws -> Bool {
        let place = Int(first.start * 16_000)..<Int(max(first.start, second.end) * 16_000) + 1
        let clips = mix.clips.indices.filter { mix.clips[$0].overlaps(place) }
        let nearest = mix.clips.indices.min {
            Self.distance(mix.clips[$0], place) < Self.distance(mix.clips[$1], place)
        }
        guard let lower = clips.first ?? nearest, let upper = clips.last ?? nearest else { return false }
        let own = audio(around: first.start...max(first.start, second.end), of: segments, in: mix)
        for range in own + contexts(of: lower...upper, in: mix) {
            let alike = try decode(range, of: mix).filter {
                $0.end > first.start - 0.5 && $0.start < second.end + 0.5
                    && (LetterAlignment.isAlike($0.text, first.text) || LetterAlignment.isAlike($0.text, second.text))
            }
            if alike.count > 1 { return true }
        }
        return false
    }

    /// The audio of the segment that holds `time` well within its borders, and some around it; none where a border is near,
    /// since it may cut a word.
    private func audio(
        around time: ClosedRange<Double>, of segments: [Segment], in mix: CompletenessMix
    ) -> [Range<Int>] {
        let margin = 0.3
        let segment = segments.first { $0.start <= time.lowerBound && time.upperBound <= $0.end }
        guard let segment, segment.start == 0 || segment.start + margin < time.lowerBound,
            segment.endpoint == .endOfInput || time.upperBound + margin < segment.end
        else { return [] }
        return [(0, 0), (margin, 0), (0, 1), (1, 1)].map { before, after in
            let range = Int((segment.start - before) * 16_000)..<Int((segment.end + after) * 16_000)
            let audio = range.clamped(to: mix.samples.indices)
            // A segment may begin with more silence than its window.
            let start = min(max(audio.lowerBound, audio.upperBound - 24 * 16_000), Int(time.lowerBound * 16_000))
            return start..<min(audio.upperBound, start + 24 * 16_000)
        }
    }

    private static func distance(_ a: Range<Int>, _ b: Range<Int>) -> Int {
        max(0, a.lowerBound - b.upperBound, b.lowerBound - a.upperBound)
    }

    /// Every run of whole clips that holds `clips` and fits into a window of the model, with little, some and all of the
    /// pauses around it: whatever a cut between clips can leave to the model.
    private func contexts(of clips: ClosedRange<Int>, in mix: CompletenessMix) -> [Range<Int>] {
        let margins = [(3_200, 3_200), (16_000, 16_000), (112_000, 112_000), (112_000, 3_200), (3_200, 112_000)]
        var contexts: Set<Range<Int>> = []
        for first in 0...clips.lowerBound {
            for last in clips.upperBound..<mix.clips.count {
                let start = first == 0 ? 0 : mix.clips[first - 1].upperBound
                let end = last + 1 < mix.clips.count ? mix.clips[last + 1].lowerBound : mix.samples.count
                let run = mix.clips[first].lowerBound..<mix.clips[last].upperBound
                for (before, after) in margins {
                    let range = max(start, run.lowerBound - before)..<min(end, run.upperBound + after)
                    if range.count <= 24 * 16_000 { contexts.insert(range) }
                }
            }
        }
        return contexts.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
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

    func decode(_ range: Range<Int>, of mix: CompletenessMix) throws -> [Word] {
        var frontEnd = LogMel()
        let window = FeatureWindow(values: frontEnd.append(Array(mix.samples[range])).values)
        let cancellation = try RunCancellation(in: model.environment)
        let hypothesis = try model.decode(window, cancellation: cancellation)
        return assembler.words(hypothesis.tokens).map { word in
            var word = word
            let offset = Double(range.lowerBound) / 16_000
            (word.start, word.end) = (word.start + offset, word.end + offset)
            return word
        }
    }
}

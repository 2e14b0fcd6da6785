import STTMedia
import STTValues

/// Several voices as one sequence of utterances, in order of their first words.
///
/// Of each voice one utterance is held; a voice that is ahead waits, so memory does not grow with what others say.
struct MergedVoices {
    private var voices: [Voice]
    /// The next utterance of each voice, until it is handed out; `nil` when it is not known.
    private var heads: [Segment?]
    private var isOver: [Bool]

    init(_ voices: [Voice]) {
        self.voices = voices
        heads = voices.map { _ in nil }
        isOver = voices.map { _ in false }
    }

    /// What the reader of the recording should know.
    mutating func notes() async throws -> [MediaNote] {
        voices.isEmpty ? [] : try await voices[0].notes()
    }

    /// The next utterance, or `nil` after the last one of the last voice.
    mutating func next() async throws -> Segment? {
        for index in voices.indices where heads[index] == nil && !isOver[index] {
            heads[index] = try await voices[index].next()
            isOver[index] = heads[index] == nil
        }
        var first: Int?
        for (index, head) in heads.enumerated() {
            guard let head else { continue }
            if let other = first.flatMap({ heads[$0] }), other.beginning <= head.beginning { continue }
            first = index
        }
        guard let first else { return nil }
        defer { heads[first] = nil }
        return heads[first]
    }
}

extension Segment {
    /// When its first word begins; an utterance without words belongs where it ends.
    fileprivate var beginning: Double { words.first?.start ?? end }
}

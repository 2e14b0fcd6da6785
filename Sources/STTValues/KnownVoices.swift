/// Voices with names, ready to be compared with the speakers of recordings.
///
/// A speaker gets the name of the most similar voice if it is similar enough and no voice of another name is nearly as
/// similar; a name goes to one speaker of a recording at most. All others stay numbers.
public struct KnownVoices: Sendable, Hashable {
    /// The most voices.
    public static let limit = 10_000
    /// The similarity from which on a voice may be that of a name, where nothing else is said.
    public static let standardSimilarity: Float = 0.75

    /// The SHA-256 of the speaker model of all of them.
    public let model: String
    /// Similarity from which on a voice may be that of a name.
    public let leastSimilarity: Float
    /// By how much it must be more similar than any voice of another name.
    public let margin: Float
    private let names: [String]
    private let dimension: Int
    /// `[dimension * count + voice]`, so that the comparison is one product of matrices without jumps.
    private let values: [Float]

    /// Voices to compare with. A name may have several. Memory: four bytes a value, 10 MB for 10,000 voices of 256 values.
    ///
    /// Throws `GigaSTTError` with code `invalidOption` for none, too many, and those of different models or dimensions.
    public init(
        _ voices: [VoicePrint], leastSimilarity: Float = standardSimilarity, margin: Float = 0.05
    ) throws(GigaSTTError) {
        guard let first = voices.first, voices.count <= Self.limit else {
            throw GigaSTTError(.invalidOption, "There are \(voices.count) known voices. Give 1 to \(Self.limit).")
        }
        let dimension = first.vector.count
        guard dimension > 0, voices.allSatisfy({ $0.model == first.model && $0.vector.count == dimension }) else {
            throw GigaSTTError(
                .invalidOption,
                "The known voices were enrolled with different speaker models. Enrol all of them with the one in use.")
        }
        var values = [Float](repeating: 0, count: dimension * voices.count)
        for (index, voice) in voices.enumerated() {
            let unit = Self.unit(voice.vector)
            for position in 0..<dimension { values[position * voices.count + index] = unit[position] }
        }
        self.values = values
        self.dimension = dimension
        (model, names) = (first.model, voices.map(\.name))
        (self.leastSimilarity, self.margin) = (leastSimilarity, margin)
    }

    /// How many voices there are.
    public var count: Int { names.count }

    /// The names of speakers by their voices, in order of the speakers. Vectors of another dimension have no name.
    package func names(of voices: [[Float]]) -> [SpeakerName] {
        var found: [SpeakerName] = []
        for (speaker, voice) in voices.enumerated() where voice.count == dimension {
            if let name = name(of: voice, speaker) { found.append(name) }
        }
        // The most similar speaker keeps the name.
        var taken: Set<String> = []
        return found.sorted { ($0.similarity, $1.speaker) > ($1.similarity, $0.speaker) }
            .filter { taken.insert($0.name).inserted }.sorted { $0.speaker < $1.speaker }
    }

    private func name(of voice: [Float], _ speaker: Int) -> SpeakerName? {
        let similarities = similarities(to: Self.unit(voice))
        guard let best = similarities.indices.max(by: { similarities[$0] < similarities[$1] }),
            similarities[best] >= leastSimilarity
        else { return nil }
        let others = zip(names, similarities).filter { $0.0 != names[best] }.map(\.1)
        if let other = others.max(), similarities[best] - other < margin { return nil }
        return SpeakerName(speaker: speaker, name: names[best], similarity: similarities[best])
    }

    private func similarities(to unit: [Float]) -> [Float] {
        var sums = [Float](repeating: 0, count: count)
        for position in 0..<dimension {
            let (factor, start) = (unit[position], position * count)
            for index in sums.indices { sums[index] += factor * values[start + index] }
        }
        return sums
    }

    /// The vector at length 1; 0 for one without a length or with a value that is not finite.
    package static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(into: Float(0)) { $0 += $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else { return [Float](repeating: 0, count: vector.count) }
        return vector.map { $0 / length }
    }
}

/// The name of a speaker of a recording.
public struct SpeakerName: Sendable, Hashable, Codable {
    /// The index of the speaker, as in `Word.speaker`.
    public var speaker: Int
    /// Under which name the voice is known.
    public var name: String
    /// How similar the two voices are, −1…1.
    public var similarity: Float

    /// A speaker with a name.
    public init(speaker: Int, name: String, similarity: Float) {
        (self.speaker, self.name, self.similarity) = (speaker, name, similarity)
    }
}

extension SpeakerName {
    /// The name as an object of transcripts: keys in alphabetical order.
    package var json: JSONValue {
        ["name": .string(name), "similarity": .number(similarity), "speaker": .integer(speaker)]
    }
}

/// One of several audio tracks of a recording, such as a film in two languages.
public struct AudioTrack: Sendable, Hashable {
    /// Its number among the audio tracks, from 1.
    public let number: Int
    /// Name of its codec, such as `aac`.
    public let codec: String
    /// The language tag of the container, such as `rus`; `nil` when it has none.
    public let language: String?
    /// Whether it is the one that is read.
    public let isChosen: Bool
}

/// How a recording is recognised.
public struct TranscriptionOptions: Sendable, Hashable {
    /// What ends an utterance. With the same endpointing, the text of a recording is that of the live stream.
    public var endpointing = Endpointing.automatic

    /// Endpoints by silence.
    public init() {}
}

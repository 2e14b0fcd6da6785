/// What a recording is, as its header states it.
public struct AudioProperties: Sendable, Hashable {
    /// Name of the container, such as `wav`, `mp3`, `matroska,webm`; `headerless` when there is none.
    public let container: String
    /// Name of the codec, such as `pcm_s16le`, `opus`.
    public let codec: String
    /// Sample frames per second before conversion, 1000…192 000.
    public let sampleRate: Int
    /// Channels before they are averaged, 1…64.
    public let channelCount: Int
    /// Length in seconds, nil when the container does not state it.
    ///
    /// Encoder delay may be included: the number of samples that are read is the exact length.
    public let duration: Double?

    /// Below 1 kHz there is no speech, and a small file would be hours long.
    static let sampleRates = 1_000...192_000
    static let channelLimit = 64
}

/// How a recording is recognised.
public struct TranscriptionOptions: Sendable, Hashable {
    /// What becomes of the channels of a recording.
    public enum Channels: Sendable, Hashable {
        /// Their mean is recognised.
        case mixed
        /// The two channels of a stereo recording are recognised apart: its words have the speakers 0 (left) and
        /// 1 (right). A recording with another number of channels, or with nearly the same sound in both, is
        /// recognised as `mixed` and has no speakers.
        ///
        /// The recording is read through once before, and the recognition takes twice as long. Memory does not grow
        /// with its length.
        case apart
    }

    /// What ends an utterance. With the same endpointing, the text of a recording is that of the live stream.
    public var endpointing = Endpointing.automatic
    /// What becomes of the channels.
    public var channels = Channels.mixed

    /// Endpoints by silence, channels mixed.
    public init() {}
}

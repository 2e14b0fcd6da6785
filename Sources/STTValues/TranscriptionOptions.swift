/// How a recording is recognised.
public struct TranscriptionOptions: Sendable, Hashable {
    /// What ends an utterance. With the same endpointing, the text of a recording is that of the live stream.
    public var endpointing = Endpointing.automatic
    /// How long it may wait for a worker to take it up before it is refused with `overloaded`; `nil` for no limit.
    public var waitLimit: Duration?
    /// How long nothing may get done from then on before it ends with `timedOut`; every piece of audio that is read or
    /// decoded counts. `nil` for no limit.
    public var stallLimit: Duration?
    /// Longest audio; more ends it with `audioTooLong`, before anything is decoded if its header tells. `nil` for no
    /// limit.
    public var lengthLimit: Duration?

    /// Endpoints by silence, no limits.
    public init() {}
}

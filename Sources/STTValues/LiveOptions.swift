/// How a live stream is recognised.
public struct LiveOptions: Sendable, Hashable {
    /// What ends an utterance.
    public var endpointing = Endpointing.automatic
    /// Whether previews of the open utterance are wanted.
    public var partials = true

    /// Endpoints by silence, with partials.
    public init() {}
}

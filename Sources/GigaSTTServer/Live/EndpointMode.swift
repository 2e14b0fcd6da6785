public import GigaSTT

/// What ends an utterance, by the names of the protocol.
public enum EndpointMode: String, Sendable, Hashable, CaseIterable {
    /// Silence or, where no model finds speech, a lack of words.
    case auto
    /// Silence alone.
    case assistant
    /// The end of the stream.
    case manual

    /// Reads a name as clients write it: trimmed, in any case; `nil` when there is no such mode.
    public init?(name: String) {
        self.init(rawValue: name.trimmedASCII.lowercased())
    }

    /// The mode as endpointing of the engine.
    public func endpointing(silence: Duration, hasModel: Bool) -> Endpointing {
        switch self {
        case .auto: Endpointing(silence: silence, blankRun: !hasModel)
        case .assistant: Endpointing(silence: silence, blankRun: false)
        case .manual: .manual
        }
    }
}

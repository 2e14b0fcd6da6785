/// What the encoder runs for.
package enum EncoderPurpose: String, Sendable, Hashable, CaseIterable {
    /// Text of the open utterance.
    case partial
    /// A final, before its endpoint is certain; it is dropped when speech goes on.
    case ahead
    /// A final after its endpoint, of a recording for example.
    case final
    /// Whether there are words in noise.
    case probe
}

/// How often the encoder ran, and how long.
package struct EncoderUse: Sendable, Hashable {
    /// Windows, those that were cancelled on the way included.
    package var runCount = 0
    /// Time on a worker.
    package var time = Duration.zero

    package init() {}
}

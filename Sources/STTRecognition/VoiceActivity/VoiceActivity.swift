/// Tells speech from its absence, causally: the answer does not depend on how the audio was cut into blocks.
package protocol VoiceActivity: Sendable {
    /// Whether it runs a model, which belongs on a worker.
    var isModel: Bool { get }

    /// Takes samples (16 kHz) and the levels of the feature frames that they completed, and returns how likely the
    /// next feature frames are speech (0…1): as many as it can decide, in order, possibly fewer than there are.
    mutating func append(_ samples: [Float], levels: [Float]) throws -> [Float]

    /// The rest, when no audio follows: after it, every frame has an answer.
    mutating func finish() throws -> [Float]
}

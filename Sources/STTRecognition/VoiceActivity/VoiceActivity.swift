/// Estimates how likely each feature frame is speech, causally: the estimate does not depend on how the audio was cut into blocks.
package protocol VoiceActivity: Sendable {
    /// Whether the next `append` of `sampleCount` samples, or `finish` for `nil`, runs a model, which belongs on a worker.
    func runsModel(appending sampleCount: Int?) -> Bool

    /// Takes samples (16 kHz) and the levels of the feature frames that they completed, and returns how likely the
    /// next feature frames are speech (0…1): as many as it can decide, in order, possibly fewer than there are.
    mutating func append(_ samples: [Float], levels: [Float]) throws -> [Float]

    /// The rest, when no audio follows: after it, every frame has a probability.
    mutating func finish() throws -> [Float]
}

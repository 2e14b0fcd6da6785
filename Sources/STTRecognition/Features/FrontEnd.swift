/// Turns samples into feature frames as they arrive. The frames do not depend on how the samples are cut into blocks.
package protocol FrontEnd: Sendable {
    /// Samples and bands of a frame.
    var geometry: ModelGeometry { get }

    /// Takes samples (mono, −1…1) and returns the frames that they complete, possibly none.
    mutating func append(_ samples: [Float]) -> FeatureBlock
}

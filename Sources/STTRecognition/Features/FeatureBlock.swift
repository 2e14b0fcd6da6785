/// Some consecutive feature frames, as they were completed.
package struct FeatureBlock: Sendable {
    /// Natural logarithms of mel energies, `[frame, mel]`, clamped to the range of the front end.
    package internal(set) var values: [Float] = []
    /// Level of each frame in the band of speech (150…4000 Hz), in dB below a full-scale square wave; 0 from a front end
    /// that does not measure it.
    package internal(set) var levels: [Float] = []
    /// Number of frames.
    package var count: Int { levels.count }

    /// No frames.
    package init() {}
}

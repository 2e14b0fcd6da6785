import STTRecognition

/// The time that a recognizer has spent on recognition since it was loaded, added over its threads.
public struct ProcessingTime: Sendable, Hashable {
    /// Log-mel features, computed on the thread that appends audio.
    public let features: Duration
    /// The encoder: nearly everything.
    public let encoder: Duration
    /// Search, with prediction network and joint.
    public let search: Duration

    /// These times.
    public init(features: Duration, encoder: Duration, search: Duration) {
        self.features = features
        self.encoder = encoder
        self.search = search
    }
}

extension Recognizer {
    /// The time spent so far. What is running counts when it ends.
    public var processingTime: ProcessingTime {
        let timing = decoder.timing.value
        return ProcessingTime(features: timing.features, encoder: timing.encoder, search: timing.search)
    }
}

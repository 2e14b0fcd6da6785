package import STTInference

extension Recognizer {
    /// What its threads have done so far, and what waits for them.
    package var queueStatistics: InferenceQueue.Statistics { queue.statistics }
}

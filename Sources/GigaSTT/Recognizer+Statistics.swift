package import STTInference
import STTRecognition

extension Recognizer {
    /// What its threads have done so far, and what waits for them.
    package var queueStatistics: InferenceQueue.Statistics { queue.statistics }

    /// How often and how long the encoder ran for one purpose.
    package struct EncoderShare: Sendable, Hashable {
        /// `partial`, `ahead` (a final before its endpoint is certain), `final` or `probe`.
        package let purpose: String
        /// Windows, those that were cancelled on the way included.
        package let runCount: Int
        package let time: Duration
    }

    /// Where the time of the encoder went so far, by purpose.
    package var encoderShares: [EncoderShare] {
        EncoderPurpose.allCases.map { purpose in
            let use = decoder.timing.use(purpose)
            return EncoderShare(purpose: purpose.rawValue, runCount: use.runCount, time: use.time)
        }
    }
}

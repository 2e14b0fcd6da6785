import STTInference
import STTRecognition

/// What a recognizer is doing at one moment.
public struct RecognizerStatus: Sendable, Hashable {
    /// Threads on which recognition runs.
    public let workerCount: Int
    /// Threads that wait for work.
    public let idleWorkerCount: Int
    /// Ends of utterances that wait for a thread.
    public let waitingFinalCount: Int
    /// Whether a new live stream is admitted: finals wait no longer than `RecognizerConfiguration.admissionLimit`.
    public let admitsLiveStreams: Bool

    /// A moment with these counts.
    public init(workerCount: Int, idleWorkerCount: Int, waitingFinalCount: Int, admitsLiveStreams: Bool = true) {
        self.admitsLiveStreams = admitsLiveStreams
        self.workerCount = workerCount
        self.idleWorkerCount = idleWorkerCount
        self.waitingFinalCount = waitingFinalCount
    }
}

extension Recognizer {
    /// What it is doing now. Cheap enough for every request of a server.
    public var status: RecognizerStatus {
        let statistics = queue.statistics
        return RecognizerStatus(
            workerCount: statistics.workers, idleWorkerCount: statistics.idleWorkers,
            waitingFinalCount: statistics.lanes.final.waiting,
            admitsLiveStreams: queue.expectedWait(.final) <= configuration.admissionLimit)
    }

    /// How many tokens the model can write.
    public var vocabularyCount: Int { decoder.model.vocabulary.count }
}

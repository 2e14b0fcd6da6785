import STTJobs

extension Job {
    /// A job of no importance.
    static var example: Job {
        Job(
            id: "0190", owner: nil, state: .queued, priority: .normal, query: "", audio: .stored("a"), byteCount: 1,
            createdAt: 0, updatedAt: 0, attempt: 0, deathCount: 0, version: 1, duration: nil, processed: 0,
            failure: nil)
    }
}

extension JobLimits {
    /// More than any test needs.
    static let wide = JobLimits(count: 1_000_000, byteCount: 1 << 40)
}

import GigaSTT
import STTJobs

/// What is counted of jobs. Every list of labels is short and fixed.
struct JobMetrics: Sendable {
    private let server: ServerMetrics
    private let ends: Counter
    private let waits: Distribution

    init(_ server: ServerMetrics, _ jobs: Jobs) {
        self.server = server
        ends = server.registry.counter(
            "gigastt_jobs_ended_total", "Total jobs by how they ended", labels: ["outcome"])
        waits = server.registry.distribution(
            "gigastt_job_wait_seconds", "From the submission of a job to the first worker's start on it",
            bounds: Histogram.lengths)
        server.registry.sample { [weak jobs] in
            let counts = jobs?.counts ?? [:]
            return [
                MetricFamily(
                    name: "gigastt_jobs", kind: .gauge, help: "Jobs that are stored, by their state",
                    series: JobState.allCases.map { state in
                        .init(
                            labels: [.init(name: "state", value: state.rawValue)],
                            value: .number(Double(counts[state] ?? 0)))
                    }),
                MetricFamily(
                    name: "gigastt_jobs_waiting_bytes", kind: .gauge, help: "Bytes of the recordings of queued jobs",
                    series: [.init(labels: [], value: .number(Double(jobs?.waitingByteCount ?? 0)))]),
            ]
        }
    }

    /// A worker has begun.
    func began(_ claimed: ClaimedJob, at now: Double) {
        if claimed.job.attempt == 1, claimed.part == nil { waits.record(max(0, now - claimed.job.createdAt)) }
    }

    /// So many seconds of audio were recognised.
    func recognised(_ seconds: Double) { server.recorded(seconds, source: .job) }

    /// A job ended.
    func ended(_ state: JobState) { ends.add(1, state.rawValue) }
}

import ArgumentParser
import GigaSTT

/// The number of workers, and their division between live speech and recordings.
struct ServeWorkerOptions: ParsableArguments {
    @Option(help: "Recognitions at the same time. [env GIGASTT_POOL_SIZE; default one per core]")
    var poolSize: Int?

    @Option(
        help: ArgumentHelp(
            "Smallest number of workers to start with. All share one model, so that they start together or not at all. "
                + "[env GIGASTT_POOL_MIN_SIZE; default 1]"))
    var poolMinSize: UInt32?

    @Option(
        help: ArgumentHelp(
            "Workers that recordings may use at the same time; the others are kept for live speech. 0: all. "
                + "[env GIGASTT_BATCH_POOL_SIZE; default 0]"))
    var batchPoolSize: UInt32?

    @Option(
        help: ArgumentHelp(
            "Windows of one recording decoded at the same time; 0: as many as recordings may use. "
                + "[env GIGASTT_FILE_WINDOW_CONCURRENCY; default 0]"))
    var fileWindowConcurrency: UInt32?

    @Option(help: "Defaults for the machine: default or edge. [env GIGASTT_PROFILE; default default]")
    var profile: ServeProfile?

    /// The profile that applies.
    func effectiveProfile() throws -> ServeProfile {
        try Setting.value(
            profile, variable: "GIGASTT_PROFILE", default: .default, parse: { ServeProfile(argument: $0) })
    }

    /// Workers for recordings, as asked for; 0: all are.
    func recordingWorkers() throws -> Int {
        Int(try Setting.value(batchPoolSize, variable: "GIGASTT_BATCH_POOL_SIZE", default: 0, parse: { UInt32($0) }))
    }

    /// Sets what is asked for, and returns a sentence for each value that was moved.
    func apply(to configuration: inout RecognizerConfiguration) throws -> [String] {
        let profile = try effectiveProfile()
        let size = try Setting.optional(poolSize, variable: "GIGASTT_POOL_SIZE", parse: { Int($0) })
        let least = try Setting.value(
            poolMinSize, variable: "GIGASTT_POOL_MIN_SIZE", default: 1, parse: { UInt32($0) })
        let windows = try Setting.value(
            fileWindowConcurrency, variable: "GIGASTT_FILE_WINDOW_CONCURRENCY", default: 0, parse: { UInt32($0) })
        configuration.fileWindowConcurrency = windows == 0 ? nil : Int(windows)
        let split = WorkerSplit(
            workerCount: size ?? profile.workerCount ?? configuration.workerCount, least: Int(least),
            forFiles: try recordingWorkers())
        configuration.workerCount = split.workerCount
        configuration.fileWorkerLimit = split.fileWorkerLimit
        return split.warnings
    }
}

/// The workers of a server, within what is possible.
struct WorkerSplit: Sendable, Hashable {
    /// More threads than that have no use.
    static let workerLimit = 256

    let workerCount: Int
    /// Those that recordings may use; `nil`: all.
    let fileWorkerLimit: Int?
    private(set) var warnings: [String] = []

    init(workerCount wanted: Int, least: Int, forFiles: Int) {
        workerCount = min(max(1, wanted), Self.workerLimit)
        // At least one is kept for live speech; where there is only one, it does everything.
        let limit = min(max(0, forFiles), workerCount - 1)
        fileWorkerLimit = limit > 0 ? limit : nil
        if workerCount != wanted {
            warnings.append("pool-size must be 1 to \(Self.workerLimit); using \(workerCount)")
        }
        if least < 1 || least > workerCount {
            warnings.append(
                "pool-min-size must be 1 to the pool size; it has no effect, since all workers share a model")
        }
        if forFiles > limit {
            warnings.append(
                limit > 0
                    ? "batch-pool-size must leave a worker to live speech; using \(limit)"
                    : "batch-pool-size has no effect with one worker")
        }
    }
}

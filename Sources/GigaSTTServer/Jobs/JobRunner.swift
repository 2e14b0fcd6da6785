import AsyncAlgorithms
import Foundation
import GigaSTT
import Logging
import STTJobs
import ServiceLifecycle

/// Takes jobs from the store and has them recognised, until the server stops; then each goes back into the queue.
struct JobRunner: Service {
    /// How often the store is looked after.
    static let interval = Duration.seconds(1)
    /// Looks between two removals of what has expired, and of recordings that other servers have left: those are all listed.
    private static let (retentionInterval, audioInterval) = (10, 600)

    let jobs: Jobs
    let life: ServerState
    let inForce: CurrentSettings
    let metrics: JobMetrics
    /// By which speakers get names; `nil`: by none.
    let voices: Voices?
    let logger: Logger
    /// Workers and maintenance fail differently: a full disk lets the store be searched.
    private let working = StoreAttempts("jobs are recognised again")
    private let maintaining = StoreAttempts("jobs are maintained again")

    func run() async throws {
        await maintaining.attempt(logger) { try await recover() }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<jobs.settings.workerCount {
                let wakeUps = jobs.wakeUps()
                group.addTask { await work(wakeUps) }
            }
            group.addTask { await lookAfterStore() }
            group.addTask {
                await cancelWhenGracefulShutdown {
                    await jobs.store.report { announcement in
                        switch announcement {
                        case .waiting: jobs.wakeUp()
                        case .ended(let id): jobs.stop(id)
                        }
                    }
                }
            }
        }
    }

    /// Takes back what an earlier process was working on: the lock of the folder shows that it has ended. What other
    /// servers work on is theirs as long as they renew their leases.
    private func recover() async throws {
        if jobs.store.isShared {
            try await jobs.finishUploads()
            try await jobs.removeLeftAudio()
            return try await jobs.count()
        }
        let taken = try await jobs.store.takeBack(
            .all, deathLimit: jobs.settings.deathLimit, failure: JobFailure.deadly, at: UnixTime.now)
        for job in taken { note(taken: job) }
        try await jobs.finishUploads()
        try await jobs.removeLeftAudio()
        try await jobs.count()
    }

    private func note(taken job: Job) {
        guard job.state == .failed else { return }
        metrics.ended(.failed)
        jobs.stop(job.id)
        logger.error("job failed: the process has died on it", metadata: ["job.id": "\(job.id)"])
    }

    // MARK: Work

    private func work(_ wakeUps: AsyncStream<Void>) async {
        let ticks = AsyncTimerSequence(interval: Self.interval, clock: .continuous).map { _ in }
        for await _ in merge(wakeUps, ticks).cancelOnGracefulShutdown() {
            while !Task.isShuttingDownGracefully, let recognizer = life.recognizer,
                await workOnNext(with: recognizer) == true
            {}
        }
    }

    /// Returns whether there was a job; `nil` after a failure, and before the next attempt is due.
    private func workOnNext(with recognizer: Recognizer) async -> Bool? {
        await working.attempt(logger, provesRecovery: { $0 }) {
            let now = UnixTime.now
            guard let claimed = try await jobs.store.claim(until: now + jobs.lease, at: now) else { return false }
            try await work(on: claimed, with: recognizer)
            return true
        }
    }

    private func work(on claimed: ClaimedJob, with recognizer: Recognizer) async throws {
        let (id, start) = (claimed.job.id, ContinuousClock.now)
        metrics.began(claimed, at: UnixTime.now)
        var outcome: JobOutcome?
        do {
            outcome = try await attempt(claimed, with: recognizer)
        } catch let error as JobStoreError {
            // The recording is not to blame. If the lease cannot be given back either, it ends by itself.
            _ = try? await settle(claimed, .released)
            throw error
        }
        // Without an outcome the lease is over: the job was cancelled or erased, or cut into parts.
        guard let outcome else { return }
        let settlement = try await settle(claimed, outcome)
        if settlement == .lost { return }
        var facts: Logger.Metadata = ["job.id": "\(id)", "ms": "\(Int(start.duration(to: .now) / .milliseconds(1)))"]
        if let part = claimed.part { facts["part"] = "\(part.number)" }
        switch outcome {
        case .done(let end):
            metrics.recognised(end - (claimed.part?.start ?? 0))
            if settlement == .over { metrics.ended(.done) }
            logger.info(settlement == .over ? "job done" : "part of a job done", metadata: facts)
        case .failed(let failure):
            metrics.ended(.failed)
            facts["reason"] = "\(failure)"
            logger.info("job failed", metadata: facts)
        case .released: logger.info("job put back", metadata: facts)
        }
    }

    /// Forgets the job before it is settled: from then on another worker may have it.
    private func attempt(_ claimed: ClaimedJob, with recognizer: Recognizer) async throws -> JobOutcome? {
        let stops = jobs.stops(of: claimed.lease)
        defer { jobs.finish(claimed.lease) }
        let recognition = JobRecognition(
            claimed: claimed, jobs: jobs, recognizer: recognizer, settings: inForce.current, voices: voices)
        return try await recognition.run(until: stops)
    }

    private func settle(_ claimed: ClaimedJob, _ outcome: JobOutcome) async throws -> JobSettlement {
        let settlement = try await jobs.store.settle(claimed.lease, as: outcome, at: UnixTime.now)
        guard settlement == .over else { return settlement }
        jobs.stop(claimed.job.id)
        await jobs.removeAudio(claimed.job.audio)
        try? await jobs.count()
        return settlement
    }

    // MARK: The store

    private func lookAfterStore() async {
        let ticks = AsyncTimerSequence(interval: Self.interval, clock: .continuous)
        var count = 0
        for await _ in ticks.cancelOnGracefulShutdown() {
            count += 1
            let removes = count % Self.retentionInterval == 0 || maintaining.areFailing
            await maintaining.attempt(logger) {
                // The process lives, so no recording has ended it: its worker could not write, or the machine slept.
                // Of another process that is not known.
                let taken = try await jobs.store.takeBack(
                    .ended, deathLimit: jobs.store.isShared ? jobs.settings.deathLimit : .max,
                    failure: JobFailure.deadly, at: UnixTime.now)
                for job in taken { note(taken: job) }
                if removes {
                    _ = try await jobs.store.removeExpired(jobs.retention, at: UnixTime.now)
                    try await jobs.removeExpiredUploads()
                    try await jobs.finishUploads()
                }
                // A database of many servers is not counted by each of them each second.
                if removes || !jobs.store.isShared { try await jobs.count() }
                // Last: an object store that is away hinders nothing else.
                try await jobs.removeUnneeded()
                if count % Self.audioInterval == 0, jobs.store.isShared || jobs.audio.isRemote {
                    try await jobs.removeEndedAudio()
                }
            }
        }
    }
}

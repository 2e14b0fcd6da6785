import STTJobs
import Testing

/// A store of all that is kept of jobs.
typealias WholeStore = JobStore & DeliveryStore & UploadStore

/// What every store must do. A suite for a store calls each with a new, empty store that makes deliveries.
enum JobStoreConformance {
    static let whole: [(name: String, check: @Sendable (any WholeStore) async throws -> Void)] = [
        ("everyTransitionFromEveryState", everyTransitionFromEveryState),
        ("jobsAreClaimedByPriorityAndThenInOrder", jobsAreClaimedByPriorityAndThenInOrder),
        ("aLateWorkerChangesNothing", aLateWorkerChangesNothing),
        ("anUtteranceIsStoredOnce", anUtteranceIsStoredOnce),
        ("anAttemptGoesOnWhereTheLastOneEnded", anAttemptGoesOnWhereTheLastOneEnded),
        ("onlyOneOfManyWorkersGetsAJob", onlyOneOfManyWorkersGetsAJob),
        ("aJobThatKillsItsWorkersIsBuried", aJobThatKillsItsWorkersIsBuried),
        ("progressClearsTheSuspicion", progressClearsTheSuspicion),
        ("aSuspectRunsAlone", aSuspectRunsAlone),
        ("leasesThatLastAreLeftAlone", leasesThatLastAreLeftAlone),
        ("aKeyMakesRepeatedSubmissionsOneJob", aKeyMakesRepeatedSubmissionsOneJob),
        ("limitsRefuse", limitsRefuse),
        ("readersSeeTheirOwnJobs", readersSeeTheirOwnJobs),
        ("pagesHoldEveryJobOnce", pagesHoldEveryJobOnce),
        ("retentionRemovesTheOldest", retentionRemovesTheOldest),
        ("audioIsNeededUntilTheEnd", audioIsNeededUntilTheEnd),
        ("anEndMakesOneDelivery", anEndMakesOneDelivery),
        ("aMessageAboutACallIsStoredOnce", aMessageAboutACallIsStoredOnce),
        ("anUploadBecomesOneJob", anUploadBecomesOneJob),
    ]

    // MARK: Transitions

    /// Compares the store with the pure table.
    @Sendable static func everyTransitionFromEveryState(_ store: any JobStore) async throws {
        for state in JobState.allCases {
            for transition in JobTransition.allCases {
                let id = "\(state)-\(transition)"
                let lease = try await store.make(id, in: state)
                let before = try await store.known(id)
                let isDone = try await store.perform(transition, on: id, lease)
                let after = try await store.known(id)
                let target = transition.target(from: state)
                #expect(isDone == (target != nil), "\(transition) of \(state)")
                #expect(after.state == target ?? state, "\(transition) of \(state)")
                #expect((after.version > before.version) == (target != nil), "\(transition) of \(state)")
                _ = try await store.erase(id, for: .all)
            }
        }
    }

    @Sendable static func jobsAreClaimedByPriorityAndThenInOrder(_ store: any JobStore) async throws {
        for (id, priority) in [("1", JobPriority.low), ("2", .normal), ("3", .high), ("4", .normal), ("5", .high)] {
            var job = NewJob(id: id, audio: .stored(id))
            job.priority = priority
            _ = try await store.submit(job, limits: .wide, at: 1)
        }
        var order: [String] = []
        while let claimed = try await store.claim(until: 10, at: 2) { order.append(claimed.job.id) }
        #expect(order == ["3", "5", "2", "4", "1"])
    }

    @Sendable static func aLateWorkerChangesNothing(_ store: any JobStore) async throws {
        try await store.add("a")
        let first = try #require(try await store.claim(until: 10, at: 1)).lease
        _ = try await store.takeBack(.ended, deathLimit: 9, failure: "", at: 11)
        let second = try #require(try await store.claim(until: 30, at: 12)).lease
        #expect(second.attempt > first.attempt)
        #expect(try await !store.renew(first, until: 99))
        #expect(try await !store.note(duration: 5, first))
        #expect(try await !store.append(StoredUtterance(number: 0, end: 1, content: [1]), first, until: 99))
        for outcome in [JobOutcome.done(duration: 1), .failed("no"), .released] {
            #expect(try await store.settle(first, as: outcome, at: 13) == .lost)
        }
        #expect(try await store.known("a").state == .processing)
        #expect(try await store.utterances(of: "a").isEmpty)
        #expect(try await store.settle(second, as: .done(duration: 1), at: 14) == .over)
        #expect(try await store.settle(second, as: .failed("again"), at: 15) == .lost)
        #expect(try await store.known("a").state == .done)
    }

    @Sendable static func anUtteranceIsStoredOnce(_ store: any JobStore) async throws {
        try await store.add("a")
        let lease = try #require(try await store.claim(until: 10, at: 1)).lease
        let utterance = StoredUtterance(number: 0, end: 2.5, content: [1, 2])
        #expect(try await store.append(utterance, lease, until: 20))
        await #expect(throws: JobStoreError.self) { try await store.append(utterance, lease, until: 20) }
        #expect(try await store.utterances(of: "a") == [utterance])
        #expect(try await store.known("a").processed == 2.5)
    }

    @Sendable static func anAttemptGoesOnWhereTheLastOneEnded(_ store: any JobStore) async throws {
        try await store.add("a")
        let claimed = try #require(try await store.claim(until: 10, at: 1))
        #expect(claimed.positions.isEmpty && claimed.utteranceCount == 0)
        #expect(try await store.note(duration: 60, claimed.lease))
        for (number, channel, end, text) in [(0, 1, 4.5, "раз"), (1, 1, 9.0, ""), (2, 0, 6.25, "два")] {
            let utterance = StoredUtterance(number: number, channel: channel, end: end, text: text, content: [9])
            #expect(try await store.append(utterance, claimed.lease, until: 10))
        }
        #expect(try await store.settle(claimed.lease, as: .released, at: 2) == .open)
        let again = try #require(try await store.claim(until: 10, at: 3))
        #expect(again.positions == [6.25, 9])
        #expect(again.utteranceCount == 3)
        #expect(again.job.duration == 60 && again.job.processed == 9)
        #expect(try await store.texts(of: "a") == ["раз", "два"])
    }

    @Sendable static func onlyOneOfManyWorkersGetsAJob(_ store: any JobStore) async throws {
        try await eachJobIsClaimedOnce(by: Array(repeating: store, count: 8))
    }

    /// 40 jobs, and as many workers that claim at the same time as there are stores.
    static func eachJobIsClaimedOnce(by stores: [any JobStore]) async throws {
        for number in 0..<40 { try await stores[0].add("\(number)") }
        let taken = try await withThrowingTaskGroup(of: [String].self) { group in
            for store in stores {
                group.addTask {
                    var mine: [String] = []
                    while let claimed = try await store.claim(until: 10, at: 1) { mine.append(claimed.job.id) }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.sorted() == (0..<40).map { "\($0)" }.sorted())
    }

    // MARK: Workers that die

    @Sendable static func aJobThatKillsItsWorkersIsBuried(_ store: any JobStore) async throws {
        try await store.add("a")
        for death in 1...3 {
            _ = try #require(try await store.claim(until: 10, at: 1))
            let back = try await store.takeBack(.all, deathLimit: 3, failure: "It ends the process.", at: 2)
            #expect(back.map(\.deathCount) == [death])
            #expect(back.map(\.state) == [death < 3 ? .queued : .failed])
        }
        #expect(try await store.known("a").failure == "It ends the process.")
        #expect(try await store.claim(until: 10, at: 3) == nil)
    }

    @Sendable static func progressClearsTheSuspicion(_ store: any JobStore) async throws {
        try await store.add("a")
        for number in 0..<6 {
            let claimed = try #require(try await store.claim(until: 10, at: 1))
            let utterance = StoredUtterance(number: number, end: Double(number + 1), content: [])
            #expect(try await store.append(utterance, claimed.lease, until: 10))
            let back = try await store.takeBack(.all, deathLimit: 2, failure: "", at: 2)
            #expect(back.map(\.state) == [.queued])
            #expect(back.map(\.deathCount) == [1])
        }
    }

    @Sendable static func aSuspectRunsAlone(_ store: any JobStore) async throws {
        for id in ["a", "b", "c"] { try await store.add(id) }
        _ = try await store.claim(until: 10, at: 1)
        _ = try await store.claim(until: 10, at: 1)
        // Both are suspected: which one did it is not known.
        #expect(try await store.takeBack(.all, deathLimit: 9, failure: "", at: 2).count == 2)
        let first = try #require(try await store.claim(until: 10, at: 3))
        #expect(first.job.id == "a")
        #expect(try await store.claim(until: 10, at: 3) == nil)
        #expect(try await store.settle(first.lease, as: .done(duration: 1), at: 4) == .over)
        let second = try #require(try await store.claim(until: 10, at: 5))
        #expect(second.job.id == "b")
        #expect(try await store.claim(until: 10, at: 5) == nil)
        // Once it gets on, others may run beside it.
        #expect(try await store.append(StoredUtterance(number: 0, end: 1, content: []), second.lease, until: 10))
        #expect(try await store.claim(until: 10, at: 6)?.job.id == "c")
    }

    @Sendable static func leasesThatLastAreLeftAlone(_ store: any JobStore) async throws {
        try await store.add("a")
        try await store.add("b")
        let kept = try #require(try await store.claim(until: 10, at: 1)).lease
        _ = try #require(try await store.claim(until: 10, at: 1))
        #expect(try await store.renew(kept, until: 30))
        #expect(try await store.takeBack(.ended, deathLimit: 9, failure: "", at: 20).map(\.id) == ["b"])
        // A clock that was set back ends no lease early.
        #expect(try await store.takeBack(.ended, deathLimit: 9, failure: "", at: -3_600).isEmpty)
        #expect(try await store.takeBack(.all, deathLimit: 9, failure: "", at: -3_600).map(\.id) == ["a"])
    }

    // MARK: Clients

    @Sendable static func aKeyMakesRepeatedSubmissionsOneJob(_ store: any JobStore) async throws {
        func submit(_ id: String, owner: String?, key: String, digest: String) async throws -> Submission {
            var job = NewJob(id: id, owner: owner, audio: .stored(id))
            job.idempotency = .init(key: key, digest: digest)
            return try await store.submit(job, limits: JobLimits(count: 4, byteCount: 1 << 40), at: 1)
        }
        func isAccepted(_ submission: Submission, _ id: String) -> Bool {
            if case .accepted(let job) = submission { job.id == id } else { false }
        }
        func isKnown(_ submission: Submission, _ id: String) -> Bool {
            if case .known(let job) = submission { job.id == id } else { false }
        }
        #expect(isAccepted(try await submit("1", owner: "x", key: "k", digest: "d"), "1"))
        #expect(isKnown(try await submit("2", owner: "x", key: "k", digest: "d"), "1"))
        #expect(try await submit("3", owner: "x", key: "k", digest: "other") == .keyReused)
        #expect(isAccepted(try await submit("4", owner: "y", key: "k", digest: "other"), "4"))
        #expect(isAccepted(try await submit("5", owner: nil, key: "k", digest: "d"), "5"))
        #expect(isAccepted(try await submit("6", owner: "x", key: "l", digest: "d"), "6"))
        // A store that is full still knows the jobs it has.
        #expect(isKnown(try await submit("7", owner: "x", key: "k", digest: "d"), "1"))
        #expect(try await submit("8", owner: "x", key: "m", digest: "d") == .full)
        _ = try await store.erase("1", for: .all)
        #expect(isAccepted(try await submit("9", owner: "x", key: "k", digest: "other"), "9"))
    }

    @Sendable static func limitsRefuse(_ store: any JobStore) async throws {
        func submit(_ id: String, _ byteCount: Int, _ limits: JobLimits) async throws -> Bool {
            var job = NewJob(id: id, audio: .stored(id))
            job.byteCount = byteCount
            let isFull = try await store.isFull(limits)
            let submission = try await store.submit(job, limits: limits, at: 1)
            #expect((submission == .full) == isFull)
            return submission != .full
        }
        // The job that crosses the line is taken, the next one is not.
        let bytes = JobLimits(count: 100, byteCount: 10)
        #expect(try await submit("1", 9, bytes))
        #expect(try await submit("2", 9, bytes))
        #expect(try await !submit("3", 1, bytes))
        // Audio is gone with the end of the job.
        _ = try await store.cancel("2", for: .all, at: 2)
        #expect(try await submit("4", 1, bytes))
        // Jobs count until they are removed.
        #expect(try await !submit("5", 0, JobLimits(count: 3, byteCount: 100)))
        _ = try await store.erase("2", for: .all)
        #expect(try await submit("6", 0, JobLimits(count: 3, byteCount: 100)))
    }

    @Sendable static func readersSeeTheirOwnJobs(_ store: any JobStore) async throws {
        for (id, owner) in [("1", "x"), ("2", "y"), ("3", nil)] as [(String, String?)] {
            _ = try await store.submit(NewJob(id: id, owner: owner, audio: .stored(id)), limits: .wide, at: 1)
        }
        #expect(try await store.jobs(JobPage(), for: .all).map(\.id) == ["3", "2", "1"])
        #expect(try await store.jobs(JobPage(), for: .owner("x")).map(\.id) == ["1"])
        #expect(try await store.jobs(JobPage(), for: .owner("z")).isEmpty)
        #expect(try await store.job("2", for: .owner("x")) == nil)
        #expect(try await store.job("3", for: .owner("x")) == nil)
        #expect(try await store.job("2", for: .all)?.owner == "y")
        #expect(try await store.cancel("2", for: .owner("x"), at: 2) == .unknown)
        #expect(try await store.erase("2", for: .owner("x")) == .unknown)
        #expect(try await store.known("2").state == .queued)
        #expect(try await store.cancel("0", for: .all, at: 2) == .unknown)
    }

    @Sendable static func pagesHoldEveryJobOnce(_ store: any JobStore) async throws {
        let identifiers = (100..<125).map { "\($0)" }
        for id in identifiers { try await store.add(id) }
        for id in identifiers.prefix(10) { _ = try await store.cancel(id, for: .all, at: 2) }
        for (state, wanted) in [(nil, identifiers), (JobState.queued, Array(identifiers.dropFirst(10)))] {
            var (page, seen) = (JobPage(), [String]())
            (page.size, page.state) = (7, state)
            while true {
                let jobs = try await store.jobs(page, for: .all)
                seen += jobs.map(\.id)
                guard let last = jobs.last else { break }
                page.before = last.id
                // What is erased meanwhile moves nothing.
                if seen.count == 7 { _ = try await store.erase(last.id, for: .all) }
                if seen.count == 7 { try await store.add(last.id) }
            }
            #expect(seen == wanted.reversed())
        }
    }

    @Sendable static func retentionRemovesTheOldest(_ store: any JobStore) async throws {
        for number in 1...6 {
            let id = "\(number)"
            try await store.add(id)
            let lease = try #require(try await store.claim(until: 10, at: 1)).lease
            _ = try await store.append(
                StoredUtterance(number: 0, end: 1, content: [UInt8](repeating: 0, count: 10)), lease, until: 10)
            #expect(try await store.settle(lease, as: .done(duration: 1), at: Double(number)) == .over)
        }
        try await store.add("7")
        func left(_ retention: JobRetention, at now: Double) async throws -> [String] {
            _ = try await store.removeExpired(retention, at: now)
            return try await store.jobs(JobPage(), for: .all).map(\.id).reversed()
        }
        #expect(try await left(JobRetention(seconds: 0), at: 1e9) == ["1", "2", "3", "4", "5", "6", "7"])
        #expect(try await left(JobRetention(seconds: 10), at: 12) == ["2", "3", "4", "5", "6", "7"])
        // A clock that was set back removes nothing.
        #expect(try await left(JobRetention(seconds: 10), at: -3_600) == ["2", "3", "4", "5", "6", "7"])
        #expect(try await left(JobRetention(seconds: 0, count: 4), at: 12) == ["3", "4", "5", "6", "7"])
        #expect(try await left(JobRetention(seconds: 0, byteCount: 25), at: 12) == ["5", "6", "7"])
        #expect(try await store.utterances(of: "1").isEmpty)
        #expect(try await store.utterances(of: "6").count == 1)
    }

    @Sendable static func audioIsNeededUntilTheEnd(_ store: any JobStore) async throws {
        for id in ["1", "2", "3"] { try await store.add(id) }
        _ = try await store.submit(NewJob(id: "4", audio: .reference("calls/4.wav")), limits: .wide, at: 1)
        let first = try #require(try await store.claim(until: 10, at: 1)).lease
        _ = try #require(try await store.claim(until: 10, at: 1))
        #expect(try await store.settle(first, as: .done(duration: 1), at: 2) == .over)
        _ = try await store.cancel("3", for: .all, at: 2)
        #expect(try await store.storedAudio() == ["audio-2"])
        #expect(try await store.known("1").byteCount == 0)
        #expect(try await store.counts() == [.done: 1, .processing: 1, .cancelled: 1, .queued: 1])
    }
}

extension JobStore {
    /// Submits a job with some audio.
    func add(_ id: String) async throws {
        var job = NewJob(id: id, audio: .stored("audio-\(id)"))
        job.byteCount = 5
        guard case .accepted = try await submit(job, limits: .wide, at: 1) else { throw Refused() }
    }

    /// A job that is there.
    func known(_ id: String) async throws -> Job { try #require(try await job(id, for: .all)) }

    /// A job in a state, and the newest lease of it.
    fileprivate func make(_ id: String, in state: JobState) async throws -> JobLease {
        try await add(id)
        if state == .queued { return JobLease(id: id, attempt: 0) }
        let lease = try #require(try await claim(until: 10, at: 1)).lease
        switch state {
        case .done: _ = try await settle(lease, as: .done(duration: 1), at: 2)
        case .failed: _ = try await settle(lease, as: .failed("no"), at: 2)
        case .cancelled: _ = try await cancel(id, for: .all, at: 2)
        case .queued, .processing: break
        }
        return lease
    }

    /// Performs a transition and tells whether it happened.
    fileprivate func perform(_ transition: JobTransition, on id: String, _ lease: JobLease) async throws -> Bool {
        switch transition {
        case .claim: try await claim(until: 10, at: 3)?.job.id == id
        case .release: try await settle(lease, as: .released, at: 3) != .lost
        case .complete: try await settle(lease, as: .done(duration: 1), at: 3) != .lost
        case .fail: try await settle(lease, as: .failed("no"), at: 3) != .lost
        case .abandon: try await takeBack(.all, deathLimit: 9, failure: "", at: 3).map(\.id) == [id]
        case .bury: try await takeBack(.all, deathLimit: 1, failure: "", at: 3).map(\.id) == [id]
        case .cancel:
            if case .changed = try await cancel(id, for: .all, at: 3) { true } else { false }
        }
    }
}

private struct Refused: Error {}

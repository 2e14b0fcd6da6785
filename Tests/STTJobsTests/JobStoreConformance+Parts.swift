import STTJobs
import Testing

/// Jobs that are cut into parts.
extension JobStoreConformance {
    static let all = whole + parts

    private static let parts: [(name: String, check: @Sendable (any WholeStore) async throws -> Void)] = [
        ("aJobIsDoneWithItsLastPart", aJobIsDoneWithItsLastPart),
        ("aPartHasALeaseOfItsOwn", aPartHasALeaseOfItsOwn),
        ("aPartGoesOnWhereItsLastAttemptEnded", aPartGoesOnWhereItsLastAttemptEnded),
        ("aFailedPartFailsItsJob", aFailedPartFailsItsJob),
        ("aPartThatKillsItsWorkersFailsItsJob", aPartThatKillsItsWorkersFailsItsJob),
        ("aSuspectPartRunsAlone", aSuspectPartRunsAlone),
        ("partsAreClaimedByPriority", partsAreClaimedByPriority),
        ("aCancelledJobHasNoParts", aCancelledJobHasNoParts),
        ("oneWorkerEndsAJobOfManyParts", oneWorkerEndsAJobOfManyParts),
    ]

    @Sendable static func aJobIsDoneWithItsLastPart(_ store: any WholeStore) async throws {
        let whole = try await store.addParts("a", at: [10, 25], duration: 30)
        // The attempt that cut it is over.
        #expect(try await !store.renew(whole, until: 99))
        #expect(try await !store.append(StoredUtterance(number: 0, end: 1, content: [1]), whole, until: 99))
        #expect(try await store.settle(whole, as: .done(duration: 1), at: 2) == .lost)
        #expect(try await !store.split(whole, at: [3], duration: 30, at: 2))
        // Shares of 5 bytes.
        #expect(try await (2...5).contains(store.waitingByteCount()))
        let cut = try await store.known("a")
        #expect(cut.state == .processing && cut.duration == 30 && cut.deathCount == 0)
        var claimed: [ClaimedJob] = []
        while let next = try await store.claim(until: 99, at: 3) { claimed.append(next) }
        #expect(try await store.waitingByteCount() == 0)
        #expect(claimed.map(\.job.id) == ["a", "a", "a"])
        #expect(claimed.map { $0.part?.start } == [0, 10, 25] && claimed.map { $0.part?.end } == [10, 25, nil])
        #expect(claimed.map(\.positions) == [[0], [10], [25]] && claimed.map(\.utteranceCount) == [0, 0, 0])
        for (part, end, text) in [(2, 30.0, "три"), (0, 4, "раз"), (1, 25, "два"), (0, 10, "")] {
            let count = try await store.utterances(of: "a").count { $0.number >> 32 == part }
            let utterance = StoredUtterance(
                number: claimed[part].nextNumber + count, end: end, text: text, content: [UInt8(part)])
            #expect(try await store.append(utterance, claimed[part].lease, until: 99))
        }
        #expect(try await store.known("a").processed == 30)
        #expect(try await store.texts(of: "a") == ["раз", "два", "три"])
        #expect(try await store.utterances(of: "a").map(\.end) == [4, 10, 25, 30])
        #expect(try await store.settle(claimed[2].lease, as: .done(duration: 30), at: 4) == .open)
        #expect(try await store.settle(claimed[2].lease, as: .done(duration: 30), at: 4) == .lost)
        #expect(try await store.settle(claimed[0].lease, as: .done(duration: 10), at: 5) == .open)
        let (state, version) = (try await store.known("a").state, try await store.known("a").version)
        #expect(try await store.storedAudio() == ["audio-a"] && state == .processing)
        #expect(try await store.settle(claimed[1].lease, as: .done(duration: 25), at: 6) == .over)
        let job = try await store.known("a")
        #expect(job.state == .done && job.duration == 30 && job.processed == 30 && job.version > version)
        #expect(job.byteCount == 0 && job.updatedAt == 6)
        #expect(try await store.dueDeliveries(limit: 9, at: 9).map(\.id) == ["a_done"])
        #expect(try await store.claim(until: 99, at: 7) == nil)
    }

    @Sendable static func aPartHasALeaseOfItsOwn(_ store: any WholeStore) async throws {
        _ = try await store.addParts("a", at: [10], duration: 20)
        let first = try #require(try await store.claim(until: 10, at: 1)).lease
        let second = try #require(try await store.claim(until: 10, at: 1)).lease
        #expect(try await store.renew(second, until: 30))
        #expect(try await store.takeBack(.ended, deathLimit: 9, failure: "", at: 20).map(\.id) == ["a"])
        // What its worker may have died on runs alone.
        #expect(try await store.claim(until: 40, at: 21) == nil)
        #expect(try await store.settle(second, as: .released, at: 21) == .open)
        let again = try #require(try await store.claim(until: 40, at: 22))
        #expect(again.part?.number == 0 && again.lease.attempt > first.attempt)
        #expect(try await !store.renew(first, until: 99))
        #expect(try await !store.append(StoredUtterance(number: 0, end: 1, content: [1]), first, until: 99))
        for outcome in [JobOutcome.done(duration: 10), .failed("no"), .released] {
            #expect(try await store.settle(first, as: outcome, at: 22) == .lost)
        }
        #expect(try await store.utterances(of: "a").isEmpty)
        #expect(try await store.settle(second, as: .done(duration: 20), at: 23) == .lost)
        #expect(try await store.settle(again.lease, as: .done(duration: 10), at: 24) == .open)
        #expect(try await store.claim(until: 40, at: 25)?.part?.number == 1)
    }

    @Sendable static func aPartGoesOnWhereItsLastAttemptEnded(_ store: any WholeStore) async throws {
        _ = try await store.addParts("a", at: [10], duration: 20)
        _ = try await store.claim(until: 10, at: 1)
        let part = try #require(try await store.claim(until: 10, at: 1))
        for (place, end) in [(0, 13.5), (1, 16)] {
            let utterance = StoredUtterance(number: part.nextNumber + place, end: end, content: [7])
            #expect(try await store.append(utterance, part.lease, until: 10))
        }
        #expect(try await store.known("a").processed == 6)
        #expect(try await store.settle(part.lease, as: .released, at: 2) == .open)
        let again = try #require(try await store.claim(until: 10, at: 3))
        #expect(again.part?.number == 1 && again.positions == [16] && again.utteranceCount == 2)
        #expect(again.nextNumber == part.nextNumber + 2)
        let utterance = StoredUtterance(number: again.nextNumber, end: 20, content: [8])
        #expect(try await store.append(utterance, again.lease, until: 10))
        await #expect(throws: JobStoreError.self) { try await store.append(utterance, again.lease, until: 10) }
        #expect(try await store.known("a").processed == 10)
    }

    @Sendable static func aFailedPartFailsItsJob(_ store: any WholeStore) async throws {
        _ = try await store.addParts("a", at: [10], duration: 20)
        let first = try #require(try await store.claim(until: 10, at: 1)).lease
        let second = try #require(try await store.claim(until: 10, at: 1)).lease
        #expect(try await store.append(StoredUtterance(number: 0, end: 1, text: "раз", content: [1]), first, until: 9))
        #expect(try await store.settle(second, as: .failed("no"), at: 5) == .over)
        let job = try await store.known("a")
        #expect(job.state == .failed && job.failure == "no" && job.byteCount == 0)
        #expect(try await !store.renew(first, until: 99))
        #expect(try await !store.append(StoredUtterance(number: 1, end: 2, content: [1]), first, until: 99))
        #expect(try await store.settle(first, as: .done(duration: 10), at: 6) == .lost)
        #expect(try await store.texts(of: "a") == ["раз"])
        #expect(try await store.dueDeliveries(limit: 9, at: 9).map(\.id) == ["a_failed"])
    }

    @Sendable static func aPartThatKillsItsWorkersFailsItsJob(_ store: any WholeStore) async throws {
        _ = try await store.addParts("a", at: [10], duration: 20)
        for death in 1...3 {
            #expect(try await store.claim(until: 10, at: 1)?.part?.number == 0)
            let back = try await store.takeBack(.all, deathLimit: 3, failure: "It ends the process.", at: 2)
            #expect(back.map(\.state) == [death < 3 ? .processing : .failed])
        }
        #expect(try await store.known("a").failure == "It ends the process.")
        #expect(try await store.claim(until: 10, at: 3) == nil)
        #expect(try await store.counts() == [.failed: 1])
    }

    @Sendable static func aSuspectPartRunsAlone(_ store: any WholeStore) async throws {
        _ = try await store.addParts("a", at: [10], duration: 20)
        try await store.add("b")
        _ = try await store.claim(until: 10, at: 1)
        _ = try await store.takeBack(.all, deathLimit: 9, failure: "", at: 2)
        let suspect = try #require(try await store.claim(until: 10, at: 3))
        #expect(suspect.part?.number == 0)
        #expect(try await store.claim(until: 10, at: 3) == nil)
        // Once it gets on, others may run beside it.
        #expect(try await store.append(StoredUtterance(number: 0, end: 1, content: []), suspect.lease, until: 10))
        #expect(try await store.claim(until: 10, at: 4)?.part?.number == 1)
        #expect(try await store.claim(until: 10, at: 4)?.job.id == "b")
    }

    @Sendable static func partsAreClaimedByPriority(_ store: any WholeStore) async throws {
        _ = try await store.addParts("a", at: [10], duration: 20)
        for (id, priority) in [("b", JobPriority.normal), ("c", .high)] {
            var job = NewJob(id: id, audio: .stored(id))
            job.priority = priority
            _ = try await store.submit(job, limits: .wide, at: 1)
        }
        var order: [String] = []
        while let claimed = try await store.claim(until: 10, at: 2) { order.append(claimed.job.id) }
        #expect(order == ["c", "a", "a", "b"])
    }

    @Sendable static func aCancelledJobHasNoParts(_ store: any WholeStore) async throws {
        for id in ["a", "b"] {
            _ = try await store.addParts(id, at: [10], duration: 20)
            let lease = try #require(try await store.claim(until: 10, at: 1)).lease
            let change =
                id == "a"
                ? try await store.cancel(id, for: .all, at: 2) : try await store.erase(id, for: .all)
            guard case .changed = change else { Issue.record("\(id) was not changed"); return }
            #expect(try await !store.append(StoredUtterance(number: 0, end: 1, content: [1]), lease, until: 99))
            #expect(try await store.settle(lease, as: .done(duration: 10), at: 3) == .lost)
            #expect(try await store.claim(until: 10, at: 3) == nil)
            #expect(try await store.waitingByteCount() == 0)
        }
        #expect(try await store.storedAudio().isEmpty)
    }

    @Sendable static func oneWorkerEndsAJobOfManyParts(_ store: any WholeStore) async throws {
        try await oneOfManyEndsAJob(Array(repeating: store, count: 4))
    }

    /// 24 parts, each recognised by one of the stores at the same time as the others.
    static func oneOfManyEndsAJob(_ stores: [any JobStore]) async throws {
        let cuts = (1..<24).map { Double($0) }
        _ = try await stores[0].addParts("a", at: cuts, duration: 24)
        let ends = try await withThrowingTaskGroup(of: [JobSettlement].self) { group in
            for store in stores {
                group.addTask {
                    var mine: [JobSettlement] = []
                    while let claimed = try await store.claim(until: 1e10, at: 1) {
                        let end = claimed.part?.end ?? 24
                        let utterance = StoredUtterance(
                            number: claimed.nextNumber, end: end, text: "\(end)", content: [1])
                        #expect(try await store.append(utterance, claimed.lease, until: 1e10))
                        mine.append(try await store.settle(claimed.lease, as: .done(duration: end), at: 2))
                    }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(ends.count == 24 && ends.count { $0 == .over } == 1 && ends.count { $0 == .open } == 23)
        #expect(try await stores[0].known("a").state == .done)
        #expect(try await stores[0].texts(of: "a") == (1...24).map { "\(Double($0))" })
    }
}

extension JobStore {
    /// Submits a job and cuts it; returns the lease that did it.
    func addParts(_ id: String, at cuts: [Double], duration: Double) async throws -> JobLease {
        try await add(id)
        let lease = try #require(try await claim(until: 10, at: 1)).lease
        #expect(try await split(lease, at: cuts, duration: duration, at: 1))
        return lease
    }
}

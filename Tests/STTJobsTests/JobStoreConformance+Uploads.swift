import STTJobs
import Testing

/// Deliveries and uploads.
extension JobStoreConformance {
    @Sendable static func anEndMakesOneDelivery(_ store: any WholeStore) async throws {
        for id in ["a", "b", "c"] { try await store.add(id) }
        let lease = try #require(try await store.claim(until: 10, at: 1)).lease
        #expect(try await store.settle(lease, as: .failed("no"), at: 5) == .over)
        #expect(try await store.settle(lease, as: .failed("no"), at: 6) == .lost)
        _ = try await store.cancel("b", for: .all, at: 6)
        _ = try await store.cancel("b", for: .all, at: 7)
        #expect(try await store.dueDeliveries(limit: 9, at: 4).isEmpty)
        let due = try await store.dueDeliveries(limit: 9, at: 6)
        #expect(due.map(\.id) == ["a_failed", "b_cancelled"])
        #expect(due.map(\.endedAt) == [5, 6])
        #expect(due.map(\.failure) == ["no", nil])
        #expect(try await store.deliveryCount() == 2)
        for delivery in due { try await store.settle(delivery, as: .retry(20)) }
        #expect(try await store.dueDeliveries(limit: 9, at: 19).isEmpty)
        let again = try await store.dueDeliveries(limit: 1, at: 20)
        #expect(again.map(\.attempt) == [1])
        for delivery in again { try await store.settle(delivery, as: .delivered) }
        // An erased job has none any more, and to settle it is no error.
        _ = try await store.erase("b", for: .all)
        try await store.settle(due[1], as: .retry(30))
        #expect(try await store.deliveryCount() == 0)
    }

    @Sendable static func aMessageAboutACallIsStoredOnce(_ store: any WholeStore) async throws {
        #expect(try await store.add("{a}", id: "a", call: "call", at: 1))
        #expect(try await !store.add("{b}", id: "a", call: "call", at: 2))
        let due = try await store.dueDeliveries(limit: 9, at: 9)
        #expect(due.map(\.id) == ["a"] && due.map(\.job) == ["call"] && due.map(\.content) == ["{a}"])
        for delivery in due { try await store.settle(delivery, as: .delivered) }
        #expect(try await store.deliveryCount() == 0)
    }

    @Sendable static func anUploadBecomesOneJob(_ store: any WholeStore) async throws {
        func upload(_ id: String, _ owner: String?, expires: Double) -> PendingUpload {
            PendingUpload(id: id, owner: owner, length: 70, query: "q=1", priority: .high, expiresAt: expires)
        }
        let limits = JobLimits(count: 3, byteCount: 1 << 40)
        for (id, expires) in [("a", 10.0), ("b", 20), ("c", 30)] {
            #expect(try await store.create(upload(id, "x", expires: expires), limits: limits))
        }
        // Uploads count as the jobs that they become.
        #expect(try await !store.create(upload("d", "x", expires: 9), limits: limits))
        #expect(try await store.isFull(JobLimits(count: 9, byteCount: 210)))
        #expect(try await store.upload("a", for: .owner("y")) == nil)
        #expect(try await store.upload("a", for: .owner("x")) == upload("a", "x", expires: 10))
        #expect(try await store.storedAudio() == ["a", "b", "c"])
        #expect(try await store.waitingByteCount() == 0)
        let job = try #require(try await store.finishUpload("a", at: 5))
        #expect(try await store.waitingByteCount() == 70)
        #expect(job.owner == "x" && job.query == "q=1" && job.priority == .high && job.byteCount == 70)
        #expect(job.audio == .stored("a") && job.createdAt == 5 && job.state == .queued)
        #expect(try await store.finishUpload("a", at: 6) == nil)
        #expect(try await store.finishUpload("z", at: 6) == nil)
        #expect(try await store.known("a") == job)
        #expect(try await store.unfinishedUploads().map(\.id).sorted() == ["b", "c"])
        #expect(try await store.keepUpload("b", until: 40))
        #expect(try await !store.keepUpload("z", until: 40))
        #expect(try await store.removeExpiredUploads(at: 35).map(\.id).sorted() == ["a", "c"])
        #expect(try await store.removeExpiredUploads(at: 35).isEmpty)
        #expect(try await store.removeUpload("b", for: .owner("y")) == nil)
        #expect(try await store.removeUpload("b", for: .owner("x"))?.id == "b")
        _ = try #require(try await store.claim(until: 40, at: 36))
        #expect(try await store.waitingByteCount() == 0)
        // The job of an upload stays.
        #expect(try await store.counts() == [.processing: 1])
    }
}

import ArgumentParser
import Foundation
import STTJobs

/// `gigastt-bench claims`: how many jobs a second servers submit, claim and end in one store.
struct ClaimBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "Measures how many jobs a second servers submit, claim and end in one store.",
        discussion: """
            The database is that of GIGASTT_JOBS_STORE and must hold no jobs. Each server has its own connections, as \
            `gigastt serve --jobs-store` has; all are in this process, and nothing is recognised. Without the variable \
            one server uses an SQLite database in a temporary folder.
            """)

    @Option(help: "Servers, in turn.")
    var servers: [Int] = [1, 4, 16, 32]

    @Option(help: "Jobs of each run.")
    var jobs = 2_000

    @Option(help: "Jobs of a low priority that wait all the time.")
    var queued = 0

    func validate() throws {
        guard jobs > 0, queued >= 0, servers.allSatisfy({ (1...100).contains($0) }) else {
            throw ValidationError("--jobs must be positive, and --servers 1 to 100")
        }
    }

    func run() async throws {
        let address = ProcessInfo.processInfo.environment["GIGASTT_JOBS_STORE"]
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        if address == nil { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
        var isFilled = false
        print("servers  submitted/s  claimed/s  utterances/s  ended/s  claim p50 ms  p99 ms")
        for count in address == nil ? [1] : servers {
            var stores: [any JobStore] = []
            for _ in 0..<count {
                let store: any JobStore =
                    if let address { try PostgresJobStore(address) } else { try SQLiteJobStore(in: folder) }
                try await store.open()
                stores.append(store)
            }
            if !isFilled {
                guard try await stores[0].counts().isEmpty else {
                    throw ValidationError("The database holds jobs: name an empty one.")
                }
                try await fill(stores[0])
            }
            isFilled = true
            print(try await row(stores))
            for store in stores {
                _ = try await store.removeExpired(
                    JobRetention(seconds: 1e-9), at: Date.now.timeIntervalSince1970 + 1)
            }
        }
    }

    /// Stores what waits all the time.
    private func fill(_ store: any JobStore) async throws {
        for _ in 0..<queued {
            let id = UUID().uuidString
            var job = NewJob(id: id, audio: .stored(id))
            (job.priority, job.byteCount) = (.low, 1)
            _ = try await store.submit(job, limits: JobLimits(count: .max, byteCount: .max), at: Self.now)
        }
    }

    /// Each phase begins when the one before has ended in all servers.
    private func row(_ stores: [any JobStore]) async throws -> String {
        let share = max(1, jobs / stores.count)
        let limits = JobLimits(count: .max, byteCount: .max)
        let (submitted, _) = try await time(stores) { store, _ in
            for _ in 0..<share {
                let id = UUID().uuidString
                // As a server does before it receives the recording.
                guard try await !store.isFull(limits) else { return }
                _ = try await store.submit(NewJob(id: id, audio: .stored(id)), limits: limits, at: Self.now)
            }
        }
        let (claimed, claims) = try await time(stores) { store, _ in
            var claims: [(lease: JobLease, wait: Duration)] = []
            for _ in 0..<share {
                let start = ContinuousClock.now
                guard let job = try await store.claim(until: Self.now + 600, at: Self.now) else { break }
                claims.append((job.lease, start.duration(to: .now)))
            }
            return claims
        }
        let (appended, _) = try await time(stores) { store, number in
            for claim in claims[number] ?? [] {
                for utterance in 0..<Self.utterances {
                    let end = Double(8 * (utterance + 1))
                    let decided = StoredUtterance(number: utterance, end: end, text: "текст", content: Self.content)
                    _ = try await store.append(decided, claim.lease, until: Self.now + 600)
                }
            }
        }
        let (ended, _) = try await time(stores) { store, number in
            for claim in claims[number] ?? [] {
                _ = try await store.settle(claim.lease, as: .done(duration: 60), at: Self.now)
            }
        }
        let sorted = claims.values.flatMap { $0.map(\.wait) }.sorted()
        let total = sorted.count
        guard total == share * stores.count else {
            throw ValidationError("\(total) of \(share * stores.count) jobs were claimed.")
        }
        func rate(_ duration: Duration, of count: Int) -> String {
            String(format: "%.0f", Double(count) / (duration / .seconds(1)))
        }
        func milliseconds(_ quantile: Double) -> String {
            String(format: "%.1f", sorted[Int(quantile * Double(sorted.count - 1))] / .milliseconds(1))
        }
        return [
            "\(stores.count)", rate(submitted, of: total), rate(claimed, of: total),
            rate(appended, of: total * Self.utterances), rate(ended, of: total), milliseconds(0.5), milliseconds(0.99),
        ].joined(separator: "  ")
    }

    /// How long all servers took, and what each returned.
    private func time<Value: Sendable>(
        _ stores: [any JobStore], _ body: @escaping @Sendable (any JobStore, Int) async throws -> Value
    ) async throws -> (Duration, [Int: Value]) {
        let start = ContinuousClock.now
        let values = try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask { (number, try await body(store, number)) }
            }
            return try await group.reduce(into: [Int: Value]()) { $0[$1.0] = $1.1 }
        }
        return (start.duration(to: .now), values)
    }

    /// Those of each job, and bytes as a segment with its words has.
    private static let (utterances, content) = (4, [UInt8](repeating: 0x20, count: 2_000))
    private static var now: Double { Date.now.timeIntervalSince1970 }
}

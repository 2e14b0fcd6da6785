import Foundation
import GRDB
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer
@testable import STTJobs

/// Jobs whose recordings are recognised in parts, through the socket.
@Suite struct JobPartTests {
    private static let ends = #"gigastt_jobs_ended_total{outcome="done"}"#

    @Test func theResultIsThatOfTheWhole() async throws {
        let folder = try TemporaryFolder()
        let expected = try await RunningServer.expected("12_")
        let identifier = Box()
        try await RunningServer.serveWithMetrics({
            $0.enableJobs(in: folder)
            $0.jobs.partDuration = .seconds(6)
            $0.jobs.workerCount = 2
        }) { address, _ in
            let client = JobClient(port: address.port)
            let body = try Speech.file("12_")
            identifier.value = try await client.submit(body, query: "?format=srt")
            let speakers = try await client.submit(body, query: "?diarization=true")
            let status = try await client.wait(identifier.value)
            #expect(status["status"] as? String == "done" && status["percent"] as? Int == 100)
            #expect(status["processed_seconds"] as? Double == expected.duration)
            let result = try await client.send("GET", "/v1/jobs/\(identifier.value)/result")
            #expect(result.body == expected.rendered(as: .subRip))
            // Speakers are told apart in the whole.
            #expect(try await client.wait(speakers)["status"] as? String == "done")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("jobs/audio")).isEmpty)
            // An end is counted a moment after it is stored, and once for all parts.
            let scrape = try await Scrape.until(address) { $0[Self.ends] ?? 0 >= 2 }
            #expect(scrape[Self.ends] == 2)
        }
        let store = try SQLiteJobStore(in: folder.url.appendingPathComponent("jobs"))
        let numbers = try await store.utterances(of: identifier.value).map { $0.number >> 32 }
        #expect(numbers == numbers.sorted() && Set(numbers) == Set(0..<(Set(numbers).count)))
        #expect(Set(numbers).count > 2)
    }

    /// A process ended on the second part while the first one was never begun: text that no recognition would find stays.
    @Test func partsAreResumed() async throws {
        let folder = try TemporaryFolder()
        let expected = try await RunningServer.expected("12_")
        let ends = expected.segments.filter { $0.endpoint == .silence }.map(\.end)
        do {
            let url = folder.url.appendingPathComponent("jobs")
            let (files, store) = (try JobFolder(url), try SQLiteJobStore(in: url))
            try Data(try Speech.file("12_")).write(to: files.audio("a"))
            _ = try await store.submit(
                NewJob(id: "a", audio: .stored("a")), limits: JobLimits(count: 9, byteCount: 1 << 30), at: 1)
            let lease = try #require(try await store.claim(until: 1e10, at: 1)).lease
            #expect(try await store.split(lease, at: [ends[1]], duration: expected.duration, at: 1))
            let first = try #require(try await store.claim(until: 1e10, at: 1))
            let second = try #require(try await store.claim(until: 1e10, at: 1))
            var earlier = try #require(expected.segments.first { $0.start == ends[1] })
            earlier.text = "прежний текст"
            let utterance = StoredUtterance(
                number: second.nextNumber, end: earlier.end, text: earlier.text,
                content: [UInt8](try JSONEncoder().encode(earlier)))
            #expect(try await store.append(utterance, second.lease, until: 1e10))
            #expect(try await store.settle(first.lease, as: .released, at: 1) == .open)
        }
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let text = try await JobClient(port: port).text("a")
            let texts = expected.segments.map { $0.start == ends[1] ? "прежний текст" : $0.text }
            #expect(text == texts.filter { !$0.isEmpty }.joined(separator: " "))
        }
    }

    @Test func aCancelledJobEndsTheWorkOnItsParts() async throws {
        let folder = try TemporaryFolder()
        let held = try await HeldRecognizer()
        try await RunningServer.use(
            {
                $0.enableJobs(in: folder)
                $0.jobs.partDuration = .seconds(6)
                $0.jobs.workerCount = 2
            }, load: { held.recognizer }
        ) { port, _ in
            await held.hold()
            let client = JobClient(port: port)
            let id = try await client.submit(try Speech.file("12_"))
            // Its parts are being recognised when it states its length.
            while try SQLiteReader.count("SELECT count(*) FROM part WHERE state = 'processing'", folder) < 2 {
                await Task.yield()
            }
            #expect(try await client.send("DELETE", "/v1/jobs/\(id)").status == 204)
            #expect(try SQLiteReader.count("SELECT count(*) FROM part", folder) == 0)
            held.letGo()
            let next = try await client.submit(try Speech.file("06_"))
            #expect(try await client.wait(next)["status"] as? String == "done")
            #expect(try await client.status(id)["status"] as? String == "cancelled")
        }
    }
}

/// Reads the database of a server beside it.
private enum SQLiteReader {
    static func count(_ sql: String, _ folder: TemporaryFolder) throws -> Int {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(
            path: folder.path("jobs/\(SQLiteJobStore.fileName)"), configuration: configuration)
        return try queue.read { try Int.fetchOne($0, sql: sql) ?? -1 }
    }
}

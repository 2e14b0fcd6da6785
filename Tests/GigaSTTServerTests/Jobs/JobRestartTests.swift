import Foundation
import GigaSTT
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer
@testable import STTJobs

/// What happens to jobs when their server ends, and what a server finds when it starts.
@Suite struct JobRestartTests {
    @Test func aServerThatStopsPutsItsJobsBack() async throws {
        let folder = try TemporaryFolder()
        let expected = try await RunningServer.expected("10_")
        let held = try await HeldRecognizer()
        let identifier = Box()
        try await RunningServer.use({ $0.enableJobs(in: folder) }, load: { held.recognizer }) { port, server in
            await held.hold()
            let client = JobClient(port: port)
            identifier.value = try await client.submit(try Speech.file("10_"))
            _ = try await client.wait(identifier.value, for: ["processing"])
            await server.drain()
            held.letGo()
        }
        do {
            let store = try SQLiteJobStore(in: folder.url.appendingPathComponent("jobs"))
            let job = try #require(try await store.job(identifier.value, for: .all))
            #expect(job.state == .queued && job.deathCount == 0)
        }
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let text = try await JobClient(port: port).text(identifier.value)
            #expect(text == expected.text)
        }
    }

    @Test func aJobGoesOnBehindItsLastUtterance() async throws {
        let folder = try TemporaryFolder()
        let expected = try await RunningServer.expected("10_")
        let head = try #require(expected.segments.first { $0.endpoint == .silence })
        do {
            let url = folder.url.appendingPathComponent("jobs")
            let files = try JobFolder(url)
            let store = try SQLiteJobStore(in: url)
            try Data(try Speech.file("10_")).write(to: files.audio("a"))
            _ = try await store.submit(
                NewJob(id: "a", audio: .stored("a")), limits: JobLimits(count: 9, byteCount: 1 << 30), at: 1)
            let lease = try #require(try await store.claim(until: 1e10, at: 1)).lease
            // Text of an earlier process that this one would never find: it is kept and not recognised again.
            var earlier = head
            earlier.text = "прежний текст"
            let utterance = StoredUtterance(
                number: 0, end: earlier.end, text: earlier.text, content: [UInt8](try JSONEncoder().encode(earlier)))
            #expect(try await store.append(utterance, lease, until: 1e10))
        }
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let text = try await JobClient(port: port).text("a")
            let rest = expected.segments.drop { $0.end <= head.end }.map(\.text).filter { !$0.isEmpty }
            #expect(text == (["прежний текст"] + rest).joined(separator: " "))
        }
    }

    @Test func aRecordingThatKillsItsProcessIsBuriedAndOthersGoOn() async throws {
        let folder = try TemporaryFolder()
        do {
            let url = folder.url.appendingPathComponent("jobs")
            let files = try JobFolder(url)
            let store = try SQLiteJobStore(in: url)
            for id in ["a", "b"] {
                try Data(try Speech.file("07_")).write(to: files.audio(id))
                _ = try await store.submit(
                    NewJob(id: id, audio: .stored(id)), limits: JobLimits(count: 9, byteCount: 1 << 30), at: 1)
            }
            // It has ended two processes; the third ends here.
            for _ in 0..<2 {
                _ = try await store.claim(until: 1e10, at: 1)
                _ = try await store.takeBack(.all, deathLimit: 3, failure: "", at: 1)
            }
            _ = try #require(try await store.claim(until: 1e10, at: 1))
        }
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let status = try await client.wait("a")
            #expect(status["status"] as? String == "failed")
            #expect(
                (status["error"] as? String)?.hasPrefix("The recognition of this recording ends the server") == true)
            let other = try await client.wait("b")
            #expect(other["status"] as? String == "done")
            let audio = try FileManager.default.contentsOfDirectory(atPath: folder.path("jobs/audio"))
            #expect(audio.isEmpty)
        }
    }

    @Test func audioThatIsGoneFailsItsJob() async throws {
        let folder = try TemporaryFolder()
        do {
            let url = folder.url.appendingPathComponent("jobs")
            _ = try JobFolder(url)
            let store = try SQLiteJobStore(in: url)
            for (id, audio) in [("a", JobAudio.stored("gone")), ("b", .reference("gone.wav"))] {
                _ = try await store.submit(
                    NewJob(id: id, audio: audio), limits: JobLimits(count: 9, byteCount: 1 << 30), at: 1)
            }
        }
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.jobs.root = folder.url.path
        }) { port, _ in
            let client = JobClient(port: port)
            let stored = try await client.wait("a")["error"] as? String
            #expect(stored == "The recording is not there any more. Submit the job again.")
            let reference = try await client.wait("b")["error"] as? String
            #expect(reference == "The recording is not there any more. Submit the job again.")
        }
    }

    @Test func aSecondServerOnTheFolderIsRefused() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { _, _ in
            let error = await #expect(throws: ServerError.self) {
                try await RunningServer.use({ $0.enableJobs(in: folder) }) { _, _ in }
            }
            #expect(error?.message.hasPrefix("Another server uses the job folder.") == true)
        }
    }

    @Test func partialTextStaysAfterACancellation() async throws {
        let folder = try TemporaryFolder()
        do {
            let url = folder.url.appendingPathComponent("jobs")
            _ = try JobFolder(url)
            let store = try SQLiteJobStore(in: url)
            for id in ["a", "b", "c"] {
                _ = try await store.submit(
                    NewJob(id: id, audio: .reference("gone.wav")), limits: JobLimits(count: 9, byteCount: 1 << 30),
                    at: UnixTime.now)
                let lease = try #require(try await store.claim(until: 1e10, at: 1)).lease
                for (number, text) in ["раз", "", "два"].enumerated() {
                    _ = try await store.append(
                        StoredUtterance(number: number, end: Double(number + 1), text: text, content: []), lease,
                        until: 1e10)
                }
                switch id {
                case "a": _ = try await store.settle(lease, as: .failed("no"), at: UnixTime.now)
                case "b": _ = try await store.cancel(id, for: .all, at: UnixTime.now)
                default: _ = try await store.settle(lease, as: .done(duration: 3), at: UnixTime.now)
                }
            }
        }
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            for id in ["a", "b"] {
                let partial = try await client.status(id)["partial"] as? String
                #expect(partial == "раз два")
            }
            let done = try await client.status("c")
            #expect(done["partial"] == nil)
        }
    }
}

/// A text that a closure sets.
final class Box: Sendable {
    private let text = Mutex("")
    var value: String {
        get { text.withLock { $0 } }
        set { text.withLock { $0 = newValue } }
    }
}

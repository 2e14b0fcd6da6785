import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// The contract of gigastt for jobs.
@Suite struct JobTests {
    @Test func withoutTheFlagThereIsNothing() async throws {
        try await RunningServer.use { port, _ in
            for (method, path) in [("POST", "/v1/jobs"), ("GET", "/v1/jobs/1"), ("GET", "/v1/jobs/1/events")] {
                let answer = try await JobClient(port: port).send(method, path)
                #expect(answer.status == 404 && answer.body.isEmpty)
            }
        }
    }

    @Test func aRecordingIsAcceptedRecognisedAndFetched() async throws {
        let folder = try TemporaryFolder()
        let expected = try await RunningServer.expected("07_")
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let answer = try await client.send("POST", "/v1/jobs", body: try Speech.file("07_"))
            let job = try answer.object
            #expect(answer.status == 202 && job["status"] as? String == "queued")
            #expect(Set(job.keys) == ["job_id", "status", "created_at"])
            let id = try #require(job["job_id"] as? String)
            #expect(UUID(uuidString: id) != nil)
            #expect(abs((job["created_at"] as? Double ?? 0) - Date().timeIntervalSince1970) < 60)
            let status = try await client.wait(id)
            #expect(status["status"] as? String == "done" && status["percent"] as? Int == 100)
            #expect(status["processed_seconds"] as? Double == expected.duration)
            let result = try await client.send("GET", "/v1/jobs/\(id)/result")
            #expect(result.status == 200 && result.fields["content-type"] == "application/json")
            #expect(try result.object["text"] as? String == expected.text)
            let words = try result.object["words"] as? [Any]
            #expect(words?.count == expected.words.count)
            // The audio is gone, the result stays.
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("jobs/audio")).isEmpty)
        }
    }

    @Test func theResultHasTheNotesOfTheRecording() async throws {
        let folder = try TemporaryFolder()
        let samples = try Recordings.samples(Recordings.named("06"))
        let inverted = [UInt8](WaveFile.data(samples.flatMap { [$0, -$0] }, channels: 2))
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            for query in ["", "?diarization=true"] {
                let id = try await client.submit(inverted, query: query)
                _ = try await client.wait(id)
                let result = try await client.send("GET", "/v1/jobs/\(id)/result").object
                let notes = result["notes"] as? [[String: Any]] ?? []
                #expect(notes.map { $0["code"] as? String } == ["cancelling_channels"])
            }
        }
    }

    @Test func theResultHasTheFormOfTheSubmission() async throws {
        let folder = try TemporaryFolder()
        let expected = try await RunningServer.expected("06_")
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let body = try Speech.file("06_")
            let subtitles = try await client.submit(body, query: "?format=srt")
            let speakers = try await client.submit(body, query: "?diarization=true")
            _ = try await client.wait(subtitles)
            let result = try await client.send("GET", "/v1/jobs/\(subtitles)/result")
            #expect(result.body == expected.rendered(as: .subRip))
            #expect(result.fields["content-type"] == "application/x-subrip; charset=utf-8")
            _ = try await client.wait(speakers)
            let object = try await client.send("GET", "/v1/jobs/\(speakers)/result").object
            let words = object["words"] as? [[String: Any]] ?? []
            #expect(object["diarization"] == nil && words.map { $0["text"] as? String }.count == expected.words.count)
            #expect(words.allSatisfy { $0["speaker"] as? Int == 0 })
        }
    }

    @Test func whatCannotBeDecodedFailsWithTheSentenceOfTheContract() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let id = try await client.submit((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
            let status = try await client.wait(id)
            #expect(status["status"] as? String == "failed")
            #expect(status["error"] as? String == "Failed to decode audio file. Check format.")
            let result = try await client.send("GET", "/v1/jobs/\(id)/result")
            #expect(result.status == 409 && result.code == "job_not_finished")
            #expect(try await client.send("DELETE", "/v1/jobs/\(id)").code == "job_not_cancellable")
        }
    }

    @Test func mistakesAreNamedBeforeAnythingIsStored() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.bodyByteLimit = 1_000
        }) { port, _ in
            let client = JobClient(port: port)
            for (query, body, status, code) in [
                ("", [], 400, "empty_body"), ("?channels=split&diarization=true", [], 400, "empty_body"),
                ("?channels=split&diarization=true", [1], 400, "conflicting_modes"),
                ("", [UInt8](repeating: 1, count: 1_001), 413, "payload_too_large"),
                ("?format=docx", [1], 400, "invalid_format"), ("?variant=ml_ctc", [1], 409, "variant_not_loaded"),
                ("?priority=first", [1], 400, "invalid_query"), ("?path=a.wav", [], 409, "references_not_available"),
            ] as [(String, [UInt8], Int, String)] {
                let answer = try await client.send("POST", "/v1/jobs\(query)", body: body)
                #expect(answer.status == status && answer.code == code, "\(query): \(answer.status) \(answer.body)")
            }
            let answer = try await client.send("POST", "/v1/jobs", ["Idempotency-Key": "a b"], body: [1])
            #expect(answer.code == "invalid_idempotency_key")
            for query in ["?limit=0", "?limit=1001", "?status=new"] {
                #expect(try await client.send("GET", "/v1/jobs\(query)").code == "invalid_query")
            }
            #expect(try await client.send("GET", "/v1/jobs").body == #"{"jobs":[]}"#)
            for (method, path) in [
                ("GET", ""), ("DELETE", ""), ("GET", "/result"), ("GET", "/events"), ("POST", "/erase"),
            ] {
                let answer = try await client.send(method, "/v1/jobs/0190\(path)")
                #expect(answer.status == 404 && answer.code == "job_not_found")
            }
        }
    }

    /// With its only worker held, nothing of a job is recognised.
    @Test func aJobThatIsNotRecognisedIsCancelledOnce() async throws {
        let folder = try TemporaryFolder()
        let held = try await HeldRecognizer()
        try await RunningServer.use(
            {
                $0.enableJobs(in: folder)
                $0.jobs.countLimit = 2
            }, load: { held.recognizer }
        ) { port, _ in
            await held.hold()
            let client = JobClient(port: port)
            let body = try Speech.file("10_")
            let running = try await client.submit(body)
            _ = try await client.wait(running, for: ["processing"])
            let queued = try await client.submit(body)
            #expect(try await client.status(queued)["status"] as? String == "queued")
            #expect(try await client.send("GET", "/v1/jobs/\(queued)/result").code == "job_not_finished")
            let full = try await client.send("POST", "/v1/jobs", body: body)
            #expect(full.status == 429 && full.code == "queue_full" && full.fields["retry-after"] == "30")
            #expect(try full.object["retry_after_ms"] as? Int == 30_000)
            for id in [queued, running] {
                let answer = try await client.send("DELETE", "/v1/jobs/\(id)")
                #expect(answer.status == 204 && answer.body.isEmpty)
                #expect(try await client.status(id)["status"] as? String == "cancelled")
                #expect(try await client.send("DELETE", "/v1/jobs/\(id)").code == "job_not_cancellable")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("jobs/audio")).isEmpty)
            // Jobs count until they are removed.
            #expect(try await client.send("POST", "/v1/jobs", body: body).code == "queue_full")
            #expect(try await client.send("POST", "/v1/jobs/\(queued)/erase").status == 204)
            #expect(try await client.status(queued)["code"] as? String == "job_not_found")
            held.letGo()
            let last = try await client.submit(try Speech.file("07_"))
            #expect(try await client.wait(last)["status"] as? String == "done")
        }
    }

    @Test func listsHavePages() async throws {
        let folder = try TemporaryFolder()
        let held = try await HeldRecognizer()
        try await RunningServer.use({ $0.enableJobs(in: folder) }, load: { held.recognizer }) { port, _ in
            await held.hold()
            let client = JobClient(port: port)
            var submitted: [String] = []
            for _ in 0..<5 { submitted.append(try await client.submit(try Speech.file("07_"))) }
            _ = try await client.send("DELETE", "/v1/jobs/\(submitted[4])")
            func page(_ query: String) async throws -> ([String], String?) {
                let object = try await client.send("GET", "/v1/jobs?\(query)").object
                let jobs = object["jobs"] as? [[String: Any]] ?? []
                return (jobs.compactMap { $0["job_id"] as? String }, object["next"] as? String)
            }
            let first = try await page("limit=3")
            #expect(first.0 == submitted.suffix(3).reversed() && first.1 == submitted[2])
            let second = try await page("limit=3&before=\(submitted[2])")
            #expect(second.0 == submitted.prefix(2).reversed() && second.1 == nil)
            #expect(try await page("status=cancelled").0 == [submitted[4]])
            for id in submitted { _ = try await client.send("DELETE", "/v1/jobs/\(id)") }
            held.letGo()
        }
    }

    @Test func aRepeatedSubmissionIsTheSameJob() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let (body, other) = (try Speech.file("07_"), try Speech.file("06_"))
            let first = try await client.submit(body, ["Idempotency-Key": "k1"])
            #expect(try await client.submit(body, ["Idempotency-Key": "k1"]) == first)
            #expect(try await client.submit(body, ["Idempotency-Key": "k2"]) != first)
            for (query, body) in [("", other), ("?format=srt", body)] {
                let answer = try await client.send("POST", "/v1/jobs\(query)", ["Idempotency-Key": "k1"], body: body)
                #expect(answer.status == 422 && answer.code == "idempotency_key_reused")
            }
            let jobs = try await client.send("GET", "/v1/jobs").object["jobs"] as? [Any]
            #expect(jobs?.count == 2)
        }
    }

    @Test func aKeySeesItsOwnJobs() async throws {
        let folder = try TemporaryFolder()
        let keys = try KeyFile(
            "one transcribe key-of-the-first-1\ntwo transcribe key-of-the-second-1\n"
                + "chief admin,transcribe key-of-the-chief-1\n")
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.apiKeyFile = keys.path
        }) { port, _ in
            let (one, two) = (
                JobClient(port: port, key: "key-of-the-first-1"), JobClient(port: port, key: "key-of-the-second-1")
            )
            let chief = JobClient(port: port, key: "key-of-the-chief-1")
            let id = try await one.submit(try Speech.file("07_"))
            #expect(try await one.wait(id)["status"] as? String == "done")
            for (method, path) in [
                ("GET", ""), ("DELETE", ""), ("GET", "/result"), ("GET", "/events"), ("POST", "/erase"),
            ] {
                #expect(try await two.send(method, "/v1/jobs/\(id)\(path)").code == "job_not_found")
            }
            #expect(try await two.send("GET", "/v1/jobs").body == #"{"jobs":[]}"#)
            #expect(try await one.status(id)["owner"] == nil)
            #expect(try await chief.status(id)["owner"] as? String == "one")
            #expect(try await JobClient(port: port).send("GET", "/v1/jobs").status == 401)
            #expect(try await chief.send("POST", "/v1/jobs/\(id)/erase").status == 204)
            #expect(try await one.status(id)["code"] as? String == "job_not_found")
        }
    }

    @Test func aFileBelowTheRootIsRecognisedWhereItIs() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("root"), withIntermediateDirectories: true)
        try folder.write(Data(try Speech.file("07_")), as: "root/a b.wav")
        try folder.write(Data(), as: "root/empty.wav")
        let expected = try await RunningServer.expected("07_")
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.jobs.root = folder.path("root")
        }) { port, _ in
            let client = JobClient(port: port)
            let id = try await client.submit([], query: "?path=a%20b.wav")
            #expect(try await client.text(id) == expected.text)
            #expect(FileManager.default.fileExists(atPath: folder.path("root/a b.wav")))
            let empty = try await client.wait(try await client.submit([], query: "?path=empty.wav"))
            #expect(empty["error"] as? String == "Failed to decode audio file. Check format.")
            for path in ["../jobs/jobs.sqlite", "none.wav", "/etc/hostname", ""] {
                let answer = try await client.send("POST", "/v1/jobs?path=\(path)")
                #expect(answer.status == 404 && answer.code == "file_not_found")
            }
        }
    }
}

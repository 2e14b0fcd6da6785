import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Masks of jobs: what they hide is in no answer and in no file of the server.
@Suite struct JobMaskTests {
    private let folder: TemporaryFolder
    private let item: Recordings.Item
    /// The parts of the telephone number that is spoken in the recording.
    private let parts: [String]

    init() throws {
        folder = try TemporaryFolder()
        item = try Recordings.named("05")
        parts = item.text.split(separator: " ").dropFirst(2).map(String.init) + ["912 345", "345-67-89"]
    }

    private func expectClean(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(parts.filter { text.contains($0) } == [], "\(text)", sourceLocation: sourceLocation)
    }

    /// Everything that the server has written.
    private func expectCleanFiles(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let jobs = folder.url.appendingPathComponent("jobs")
        let files = try FileManager.default.subpathsOfDirectory(atPath: jobs.path)
        #expect(!files.isEmpty, sourceLocation: sourceLocation)
        for file in files {
            let url = jobs.appendingPathComponent(file)
            guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            let content = try Data(contentsOf: url)
            let found = parts.filter { content.range(of: Data($0.utf8)) != nil }
            #expect(found == [], "\(file)", sourceLocation: sourceLocation)
        }
    }

    @Test func aMaskedNumberIsInNoResult() async throws {
        let body = try Speech.file("05_")
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            var jobs: [String] = []
            for query in [
                "format=txt", "segments=true&spans=true", "format=srt&word_timestamps=true", "format=csv",
                "itn=false&max_alternatives=3", "diarization=true&segments=true",
            ] { jobs.append(try await client.submit(body, query: "?mask=profanity,personal&\(query)")) }
            for job in jobs {
                #expect(try await client.wait(job)["status"] as? String == "done")
                let result = try await client.send("GET", "/v1/jobs/\(job)/result")
                #expect(result.status == 200 && result.body.contains("***"))
                expectClean(result.body)
                expectClean(try await client.send("GET", "/v1/jobs/\(job)").body)
                expectClean(try await client.send("GET", "/v1/jobs/\(job)/events").body)
            }
            let object = try await client.send("GET", "/v1/jobs/\(jobs[1])/result").object
            #expect(object["text"] as? String == "мой номер ***")
            let masked = object["masked"] as? [[String: Any]] ?? []
            #expect(masked.count == 1 && masked.first?["kind"] as? String == "phone")
            expectClean(try await client.send("GET", "/v1/jobs").body)
            #expect(try await client.send("POST", "/v1/jobs?mask=names", body: body).code == "invalid_query")
            try expectCleanFiles()
        }
        // After a restart as well.
        try expectCleanFiles()
    }

    @Test func eachChannelIsMasked() async throws {
        let (left, right) = (try Recordings.samples(item), try Recordings.samples(Recordings.named("07")))
        let samples = (0..<max(left.count, right.count)).flatMap { index in
            [left.indices.contains(index) ? left[index] : 0, right.indices.contains(index) ? right[index] : 0]
        }
        let body = [UInt8](WaveFile.data(samples, channels: 2))
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let job = try await client.submit(body, query: "?mask=personal&channels=split&segments=true")
            #expect(try await client.wait(job)["status"] as? String == "done")
            let result = try await client.send("GET", "/v1/jobs/\(job)/result").body
            #expect(result.contains("мой номер ***") && result.contains(#""speaker":1"#))
            expectClean(result)
            try expectCleanFiles()
        }
    }

    /// The setting of the server holds, and a job may ask for no mask.
    @Test func theServerMasksJobs() async throws {
        let body = try Speech.file("05_")
        try await RunningServer.use({
            $0.enableJobs(in: folder)
            $0.text.masks = [.personal]
        }) { port, _ in
            let client = JobClient(port: port)
            #expect(try await client.text(try await client.submit(body)) == "мой номер ***")
            try expectCleanFiles()
            #expect(try await client.text(try await client.submit(body, query: "?mask=none")) == item.written)
        }
    }

    /// The number, and after a pause so much speech that the job is cancelled long before its end.
    @Test func aMaskedNumberIsInNoPartialText() async throws {
        let rest = try Recordings.samples(Recordings.named("10"))
        let samples =
            try Recordings.samples(item) + [Float](repeating: 0, count: 32_000)
            + (0..<8).flatMap { _ in rest }
        let body = [UInt8](WaveFile.data(samples))
        try await RunningServer.use({ $0.enableJobs(in: folder) }) { port, _ in
            let client = JobClient(port: port)
            let job = try await client.submit(body, query: "?mask=personal")
            var answer = try await client.send("GET", "/v1/jobs/\(job)")
            while try answer.object["partial"] == nil, try answer.object["status"] as? String != "done" {
                await Task.yield()
                answer = try await client.send("GET", "/v1/jobs/\(job)")
            }
            #expect(try (answer.object["partial"] as? String)?.hasPrefix("мой номер ***") == true)
            expectClean(answer.body)
            _ = try await client.send("DELETE", "/v1/jobs/\(job)")
            expectClean(try await client.send("GET", "/v1/jobs/\(job)").body)
            expectClean(try await client.send("GET", "/v1/jobs/\(job)/events").body)
            try expectCleanFiles()
        }
    }
}

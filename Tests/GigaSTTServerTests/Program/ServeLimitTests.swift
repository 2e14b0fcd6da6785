import Foundation
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// Limits, signals and start lines, through the program itself.
@Suite struct ServeLimitTests {
    /// Starts `gigastt serve` on a free port and returns it with the port.
    private func start(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (program: RunningProgram, port: Int) {
        var program = Program()
        for (name, value) in environment { program.environment[name] = value }
        let output = Pipe()
        let running = try RunningProgram(
            program, ["serve", "--port", "0", "--ready-json"] + arguments, output: output.fileHandleForWriting)
        // The program holds the other end: without it there is none any more.
        try output.fileHandleForWriting.close()
        let line = await onThread { output.fileHandleForReading.availableData }
        let object = try JSONSerialization.jsonObject(with: line) as? [String: Any]
        return (running, try #require(object?["port"] as? Int))
    }

    private func ready(_ port: Int) async throws -> [Int] {
        var client = try await WireClient(port: port)
        try await client.upgrade()
        let message = try await client.message()
        await client.leave()
        return [message["idle_timeout_secs"], message["max_session_secs"]].map { $0 as? Int ?? -1 }
    }

    @Test func hangupReadsTheFileAgainAndFlagsAndVariablesKeepTheirRank() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Data("idle_timeout_secs = 11\nmax_session_secs = 1000\n".utf8), as: "limits.toml")
        let (program, port) = try await start(
            ["--config", file, "--max-session-secs", "4000"], environment: ["GIGASTT_SHUTDOWN_DRAIN_SECS": ""])
        try await mustEnd {
            #expect(try await ready(port) == [11, 4_000])
            try folder.write(Data("idle_timeout_secs = 12\nmax_session_secs = 1001\nnoise = 1".utf8), as: "limits.toml")
            kill(program.identifier, SIGHUP)
            #expect(await program.waitFor("reloaded item=limits").contains("noise"))
            #expect(try await ready(port) == [12, 4_000])
            try folder.write(Data("idle_timeout_secs = \"x\"".utf8), as: "limits.toml")
            kill(program.identifier, SIGHUP)
            await program.waitFor("idle_timeout_secs; a whole number from 0 to 4294967295")
            #expect(try await ready(port) == [12, 4_000])
            kill(program.identifier, SIGTERM)
            #expect(await program.end() == 0)
        }
    }

    @Test(arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))])
    func aSecondSignalEndsTheProgramAtOnce(signal: Int32, code: Int32) async throws {
        let (program, port) = try await start(["--lame-duck-secs", "3600"])
        try await mustEnd {
            kill(program.identifier, signal)
            // Answers say so as long as it lives; a signal right after the first would count as the same.
            while let answer = try? await probe(port) {
                if answer == 503 { kill(program.identifier, signal) }
            }
            #expect(await program.end() == code)
        }
    }

    private func probe(_ port: Int) async throws -> Int {
        var client = try await WireClient(port: port)
        let status = try await client.request("GET", "/ready").status
        await client.leave()
        return status
    }

    @Test func aStartLineOfGigasttStillStarts() async throws {
        let folder = try TemporaryFolder()
        let (program, port) = try await start(
            [
                "--punctuation", "on", "--itn", "auto", "--hotwords-file", "none.txt", "--hotwords-boost", "4.5",
                "--enable-jobs", "--jobs-max", "7", "--skip-quantize", "--pool-size", "2", "--pool-min-size", "1",
                "--batch-pool-size", "1", "--pool-checkout-timeout-secs", "0", "--max-audio-secs", "7200",
                "--execution-provider", "cpu", "--file-window-concurrency", "2", "--stream-max-window-secs", "7.5",
                "--stream-stable-prefix", "--optimized-cache-dir", folder.path("cache"),
            ],
            environment: [
                "GIGASTT_JOBS_DIR": folder.path("jobs"), "GIGASTT_ITN": "off", "GIGASTT_HOTWORDS_DEFAULT": "no",
                "GIGASTT_INFERENCE_TIMEOUT_SECS": "",
            ])
        try await mustEnd {
            let status = try await probe(port)
            #expect(status == 200)
            var client = try await WireClient(port: port)
            #expect(
                try await client.request("GET", "/v1/models").body.contains(#""execution_provider":"cpu""#))
            await client.leave()
            #expect(try await JobClient(port: port).send("GET", "/v1/jobs").status == 200)
            kill(program.identifier, SIGTERM)
            let said = await program.rest()
            #expect(await program.end() == 0)
            for warning in [
                "hotwords are not used: The file of hotwords cannot be read",
                "skip-quantize has no effect",
                "an utterance is decoded as a whole",
                "pool-checkout-timeout-secs must be 1 to 4294967295; using 1",
            ] {
                #expect(said.contains(warning))
            }
            #expect(!said.contains("numerals"))
        }
    }

    @Test(arguments: [([String](), 1), (["--pool-size", "2"], 2)])
    func aSmallDeviceHasOneWorkerUnlessItIsTold(arguments: [String], workerCount: Int) async throws {
        let (program, port) = try await start(["--profile", "edge"] + arguments)
        try await mustEnd {
            var client = try await WireClient(port: port)
            let answer = try await client.request("GET", "/v1/models")
            #expect(answer.body.contains("\"pool_size\":\(workerCount),"))
            await client.leave()
            kill(program.identifier, SIGTERM)
            let said = await program.rest()
            #expect(said.contains("there is no VAD model") && said.contains("offline mode"))
            #expect(await program.end() == 0)
        }
    }

    /// Of three workers two are idle all the time while a recording of some minutes is decoded.
    @Test(
        arguments: [
            (["--file-window-concurrency", "1"], [:]), ([], ["GIGASTT_FILE_WINDOW_CONCURRENCY": "1"]),
        ] as [([String], [String: String])])
    func windowsOfARecordingAtTheSameTimeAreLimited(
        arguments: [String], environment: [String: String]
    ) async throws {
        let (program, port) = try await start(["--pool-size", "3"] + arguments, environment: environment)
        let samples = try Data(contentsOf: Recordings.named("10_").url).dropFirst(44)
        let header = WaveFile.header(byteCount: UInt32(4 * samples.count))
        let recording = header + samples + samples + samples + samples
        try await mustEnd {
            let decoded = Moment()
            async let status = {
                defer { decoded.come() }
                var client = try await WireClient(port: port)
                let answer = try await client.request("POST", "/v1/transcribe", body: [UInt8](recording))
                await client.leave()
                return answer.status
            }()
            var client = try await WireClient(port: port)
            var least = 3
            while !decoded.hasCome {
                let body = Data(try await client.request("GET", "/v1/models").body.utf8)
                let model = try JSONSerialization.jsonObject(with: body) as? [String: Any]
                least = min(least, try #require(model?["pool_available"] as? Int))
            }
            await client.leave()
            #expect(try await status == 200)
            #expect(least == 2)
            kill(program.identifier, SIGTERM)
            #expect(await program.end() == 0)
        }
    }

    @Test(
        arguments: [
            (["--punctuation", "maybe"], [:], Int32(2), "maybe"), (["--profile", "huge"], [:], 2, "huge"),
            (["--execution-provider", "tpu"], [:], 2, "tpu"), (["--file-window-concurrency", "x"], [:], 2, "window"),
            (["--stream-max-window-secs", "x"], [:], 2, "window"),
            (["--stream-stable-prefix=perhaps"], [:], 2, "perhaps"),
            ([], ["GIGASTT_STREAM_MAX_WINDOW_SECS": "x"], 2, "GIGASTT_STREAM_MAX_WINDOW_SECS"),
            ([], ["GIGASTT_STREAM_STABLE_PREFIX": "x"], 2, "GIGASTT_STREAM_STABLE_PREFIX"),
            (["--max-audio-secs", "-1"], [:], 2, "max-audio-secs"),
            ([], ["GIGASTT_MAX_AUDIO_SECS": "x"], 2, "GIGASTT_MAX_AUDIO_SECS"),
            ([], ["GIGASTT_VAD": "perhaps"], 2, "GIGASTT_VAD"),
            (["--config", "/nonexistent/file"], [:], 1, "the configuration file cannot be read"),
        ] as [([String], [String: String], Int32, String)])
    func aStartLineThatMakesNoSenseIsNamed(
        arguments: [String], environment: [String: String], code: Int32, name: String
    ) async throws {
        var program = Program()
        for (name, value) in environment { program.environment[name] = value }
        let running = try RunningProgram(program, ["serve", "--port", "0"] + arguments)
        do {
            let (errors, end) = try await mustEnd { (await running.rest(), await running.end()) }
            #expect(end == code && errors.contains(name))
        } catch {
            // It has started all the same.
            running.interrupt()
            throw error
        }
    }
}

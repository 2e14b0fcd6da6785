import Foundation
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct ServeCommandTests {
    struct Ready: Decodable {
        let event: String
        let host: String
        let model: String
        let port: Int
        let scheme: String
        let metrics_port: Int?
        let vosk: String?
        let wyoming: String?
        let audiosocket: String?
    }

    /// Runs `gigastt serve`, lets `body` use it, sends it SIGTERM and returns the exit code.
    private func serve(
        _ arguments: [String] = [], limit: String? = nil,
        _ body: @escaping @Sendable (Ready, Process) async throws -> Void
    ) async throws -> Int32 {
        let process = Program().process(["serve", "--port", "0", "--ready-json"] + arguments)
        if let limit, let program = process.executableURL {
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments =
                ["-c", "ulimit \(limit) && exec \"$0\" \"$@\"", program.path] + (process.arguments ?? [])
        }
        let (output, ended) = (Pipe(), Moment())
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { _ in ended.come() }
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        return try await mustEnd {
            let line = await Self.firstLine(of: output)
            let ready = try JSONDecoder().decode(Ready.self, from: Data(line.utf8))
            #expect(ready.event == "ready" && ready.host == "127.0.0.1" && ready.model == "gigastt-demo")
            #expect(ready.scheme == "http")
            try await body(ready, process)
            process.terminate()
            await ended.wait()
            return process.terminationReason == .exit ? process.terminationStatus : -1
        }
    }

    static func firstLine(of pipe: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var bytes: [UInt8] = []
                while let byte = try? pipe.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 {
                    bytes.append(byte)
                }
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    @Test func signalLetsEverySessionFinishAndEndsWithZero() async throws {
        let code = try await serve(["--max-session-secs", "4567", "--idle-timeout-secs", "123"]) { ready, process in
            var client = try await WireClient(port: ready.port)
            try await client.upgrade()
            let first = try await client.message()
            #expect(first["max_session_secs"] as? Int == 4_567 && first["idle_timeout_secs"] as? Int == 123)
            try await client.send(text: Speech.configure)
            try await client.send(binary: try Speech.bytes("06_"))
            try await client.send(opcode: 9, [])
            while try await client.frame().opcode != 10 {}
            process.terminate()
            let log = try await client.rest()
            #expect(log.count == 2 && log.first != "final: " && log.last == "close 1001 server shutdown")
        }
        #expect(code == 0)
    }

    @Test func readyLineHasTheAddressOfEachProtocol() async throws {
        let flags = ["--vosk", "--wyoming", "--audiosocket"].flatMap { [$0, "127.0.0.1:0"] }
        let code = try await serve(flags) { ready, _ in
            var ports: [Int] = [ready.port]
            for text in [ready.vosk, ready.wyoming, ready.audiosocket] {
                let address = try #require(text.flatMap { ListenAddress($0) })
                #expect(address.host == "127.0.0.1")
                ports.append(address.port)
            }
            #expect(Set(ports).count == 4)
            var vosk = try await WireClient(port: ports[1])
            #expect(try await vosk.request("GET", "/", WireClient.upgradeFields).status == 101)
            var wyoming = try await WireClient(port: ports[2])
            try await wyoming.send(raw: Array(#"{"type":"describe"}"#.utf8) + [10])
            #expect(try await wyoming.line().contains(#""type":"info""#))
            let call = try await WireClient(port: ports[3])
            for client in [vosk, wyoming, call] { await client.leave() }
        }
        #expect(code == 0)
    }

    @Test func hangupDisturbsNoSession() async throws {
        let program = try RunningProgram(Program(), ["serve", "--port", "0"])
        try await mustEnd {
            await program.waitFor("Ready: ")
            kill(program.identifier, SIGHUP)
            await program.waitFor("nothing to reload")
            kill(program.identifier, SIGTERM)
            #expect(await program.end() == 0)
        }
    }

    /// More connections than open files: those that fit are served, and the others when a place is free.
    @Test(arguments: [("-n 200", 50), ("-Sn 200", 250)])
    func serverOutlivesMoreConnectionsThanOpenFiles(limit: String, served: Int) async throws {
        let code = try await serve(["--shutdown-drain-secs", "1"], limit: limit) { ready, _ in
            var first = try await WireClient(port: ready.port)
            #expect(try await first.request("GET", "/health").status == 200)
            var clients: [WireClient] = []
            for _ in 0..<300 { clients.append(try await WireClient(port: ready.port)) }
            #expect(try await clients[served].request("GET", "/health").status == 200)
            #expect(try await first.request("GET", "/health").status == 200)
            for client in clients { await client.leave() }
            var last = try await WireClient(port: ready.port)
            #expect(try await last.request("GET", "/health").status == 200)
            await last.leave()
            await first.leave()
        }
        #expect(code == 0)
    }

    @Test func interruptionEndsIdleServersWithZero() async throws {
        let code = try await serve { ready, process in
            var client = try await WireClient.live(port: ready.port)
            process.interrupt()
            #expect(try await client.rest() == ["final: ", "close 1001 server shutdown"])
        }
        #expect(code == 0)
    }

    @Test func metricsAreToldOnAPortOfTheirOwn() async throws {
        let code = try await serve(["--metrics", "--metrics-listen", "127.0.0.1:0"]) { ready, _ in
            var client = try await WireClient(port: try #require(ready.metrics_port))
            let page = try await client.request("GET", "/metrics")
            #expect(page.status == 200 && page.body.contains("gigastt_build_info{version="))
            await client.leave()
        }
        #expect(code == 0)
        let refused = try await Program().run(["serve", "--port", "0", "--metrics", "--metrics-listen", "0.0.0.0:0"])
        #expect(refused.code == 1 && refused.errors.contains("refusing to bind to '0.0.0.0': non-loopback"))
    }

    @Test func takenPortOfTheMetricsEndsTheProgramWithOne() async throws {
        let code = try await serve(["--metrics", "--metrics-listen", "127.0.0.1:0"]) { ready, _ in
            let port = try #require(ready.metrics_port)
            var program = Program()
            program.environment["GIGASTT_METRICS"] = "1"
            program.environment["GIGASTT_METRICS_LISTEN"] = "127.0.0.1:\(port)"
            let result = try await program.run(["serve", "--port", "0"])
            #expect(result.code == 1)
            #expect(result.errors.contains("Failed to bind metrics listener on 127.0.0.1:\(port)"))
        }
        #expect(code == 0)
    }

    @Test func failedStartPrintsItsReasonOnly() async throws {
        let folder = try TemporaryFolder()
        for name in ["v3_rnnt_encoder_int8.onnx", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx", "v3_vocab.txt"] {
            try folder.write(Data("no model".utf8), as: name)
        }
        var program = Program()
        program.environment["GIGASTT_BUILT_IN_MODEL"] = .some(nil)
        let result = try await program.run(["serve", "--port", "0", "--model-dir", folder.url.path])
        let report = result.errors.drop { !$0.isNewline }
        #expect(result.code == 1 && report.contains("Error: "))
        #expect(!report.contains(" error ") && !report.contains("Waiting") && !report.contains("Stopped"))
    }

    @Test func everythingOnStandardErrorIsJSONWhenAskedFor() async throws {
        var program = Program()
        program.environment["GIGASTT_LOG_FORMAT"] = "json"
        program.environment["RUST_LOG"] = "info"
        program.environment["GIGASTT_MODEL_DIR"] = "/nonexistent"
        let result = try await program.run(["serve", "--port", "0"])
        let lines = result.errors.split(separator: "\n")
        #expect(result.code == 1 && result.output.isEmpty && !lines.isEmpty)
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["ts"] is String && object["level"] is String && object["logger"] as? String == "gigastt")
            #expect((object["msg"] as? String)?.isEmpty == false)
        }
        #expect(lines.last?.contains(#""level":"error""#) == true)
    }

    /// The mirror takes connections and never answers.
    @Test func probesAndSignalsAreServedWhileTheVADModelIsFetched() async throws {
        let code = try await RunningServer.withSilentListener { mirror in
            var program = Program()
            program.environment["GIGASTT_OFFLINE"] = .some(nil)
            let running = try RunningProgram(
                program, ["serve", "--port", "0", "--vad", "--mirror", "http://127.0.0.1:\(mirror)"])
            let said = await running.waitFor("server listening on")
            let port = try #require(said.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) })
            return try await mustEnd {
                var client = try await WireClient(port: port)
                #expect(try await client.request("GET", "/health").status == 200)
                #expect(try await client.request("GET", "/ready").status == 503)
                await client.leave()
                kill(running.identifier, SIGTERM)
                _ = await running.rest()
                return await running.end()
            }
        }
        #expect(code == 0)
    }

    @Test func otherMachinesAreNotServedWithoutConsent() async throws {
        let result = try await Program().run(["serve", "--host", "0.0.0.0", "--port", "0"])
        #expect(result.code == 1 && result.output.isEmpty)
        #expect(result.errors.contains("refusing to bind to '0.0.0.0': non-loopback addresses require"))
    }

    @Test(arguments: [
        ["--port", "70000"], ["--idle-timeout-secs", "-1"], ["--endpoint-mode", "never"],
        ["--metrics-listen", "9090"], ["--log-format", "xml"],
    ])
    func valuesThatMakeNoSenseAreUsageErrors(arguments: [String]) async throws {
        #expect(try await Program().run(["serve"] + arguments).code == 2)
    }
}

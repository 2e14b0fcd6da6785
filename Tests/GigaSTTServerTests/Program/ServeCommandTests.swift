import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct ServeCommandTests {
    struct Ready: Decodable {
        let event: String
        let host: String
        let model: String
        let port: Int
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
            #expect(ready.event == "ready" && ready.host == "127.0.0.1" && ready.model == "gigaam-v3-rnnt")
            try await body(ready, process)
            process.terminate()
            await ended.wait()
            return process.terminationReason == .exit ? process.terminationStatus : -1
        }
    }

    private static func firstLine(of pipe: Pipe) async -> String {
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

    /// Runs a program to its end and returns what it wrote, errors included.
    private static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let data = output.fileHandleForReading.readDataToEndOfFile()
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
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

    @Test func pythonClientUnderstandsTheServer() async throws {
        let code = try await serve { ready, _ in
            guard let python = ProcessInfo.processInfo.environment["GIGASTT_TEST_PYTHON"] else { return }
            let recognizer = try await RunningServer.recognizer(workers: 1)
            let item = try Recordings.named("07_")
            var options = TranscriptionOptions()
            options.endpointing = EndpointMode.auto.endpointing(silence: .milliseconds(500), hasModel: false)
            let text = try await recognizer.transcribe(item.url, options: options).text
            await recognizer.shutDown()
            let script = Recordings.root.appendingPathComponent("Tests/GigaSTTServerTests/Program/stranger.py").path
            let output = try await Self.run(python, [script, "\(ready.port)", item.url.path, text])
            #expect(output == "ok\n")
        }
        #expect(code == 0)
    }

    @Test func otherMachinesAreNotServedWithoutConsent() async throws {
        let result = try await Program().run(["serve", "--host", "0.0.0.0", "--port", "0"])
        #expect(result.code == 1 && result.output.isEmpty)
        #expect(result.errors.contains("refusing to bind to '0.0.0.0': non-loopback addresses require"))
    }

    @Test(arguments: [["--port", "70000"], ["--idle-timeout-secs", "-1"], ["--endpoint-mode", "never"]])
    func valuesThatMakeNoSenseAreUsageErrors(arguments: [String]) async throws {
        #expect(try await Program().run(["serve"] + arguments).code == 2)
    }
}

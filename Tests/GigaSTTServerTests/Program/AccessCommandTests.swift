import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct AccessCommandTests {
    @Test func hangupReadsKeysAndCertificateAgain() async throws {
        let (file, certificate) = (try KeyFile(), try await TestCertificate())
        var program = Program()
        program.environment["GIGASTT_API_KEY_FILE"] = file.path
        program.environment["GIGASTT_TLS_KEY"] = certificate.files.privateKey
        let output = Pipe()
        let running = try RunningProgram(
            program, ["serve", "--port", "0", "--ready-json", "--tls-cert", certificate.files.certificate],
            output: output.fileHandleForWriting)
        try await mustEnd {
            await running.waitFor("Ready: ")
            let line = await ServeCommandTests.firstLine(of: output)
            let ready = try JSONDecoder().decode(ServeCommandTests.Ready.self, from: Data(line.utf8))
            #expect(ready.scheme == "https")
            func status(_ key: String, _ trust: NIOSSLContext) async throws -> Int {
                var client = try await WireClient(port: ready.port, tls: trust)
                let status = try await client.request("GET", "/v1/models", ["X-API-Key": key]).status
                await client.leave()
                return status
            }
            #expect(try await status(KeyFile.speaker, certificate.trust()) == 200)
            try file.write(KeyFile.text("another-key-0123456789"))
            try await certificate.make()
            kill(running.identifier, SIGHUP)
            await running.waitFor("reloaded item=certificate")
            #expect(try await status(KeyFile.speaker, certificate.trust()) == 401)
            #expect(try await status("another-key-0123456789", certificate.trust()) == 200)
            try file.write("nonsense")
            kill(running.identifier, SIGHUP)
            await running.waitFor("reloaded item=certificate")
            #expect(try await status("another-key-0123456789", certificate.trust()) == 200)
            kill(running.identifier, SIGTERM)
            #expect(await running.end() == 0)
        }
    }

    @Test func openDoorsAreToldLoudly() async throws {
        let program = try RunningProgram(Program(), ["serve", "--port", "0", "--host", "0.0.0.0", "--bind-all"])
        try await mustEnd {
            // Signals are handled once the services run.
            #expect(await program.waitFor("Ready: ").contains("WITHOUT ENCRYPTION"))
            kill(program.identifier, SIGTERM)
            #expect(await program.end() == 0)
        }
    }

    @Test(arguments: [
        (["--tls-cert", "x"], 2, "--tls-cert needs --tls-key"), (["--tls-key", "x"], 2, "--tls-key needs --tls-cert"),
        (["--rate-limit-per-minute", "-1"], 2, "rate-limit-per-minute"),
        (["--rate-limit-per-minute", "1", "--rate-limit-burst", "0"], 1, "--rate-limit-burst must be > 0 when"),
        (["--api-key-file", "/missing/keys"], 1, "--api-key-file: the file cannot be read"),
        (["--tls-cert", "/missing/a", "--tls-key", "/missing/b"], 1, "--tls-cert: the file cannot be read"),
    ])
    func settingsThatMakeNoSenseAreNamed(arguments: [String], code: Int32, claim: String) async throws {
        let result = try await Program().run(["serve", "--port", "0"] + arguments)
        #expect(result.code == code && result.errors.contains(claim), "\(result.errors)")
        #expect(!result.errors.contains("/missing"))
    }
}

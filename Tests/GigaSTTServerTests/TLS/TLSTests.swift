import Foundation
import GigaSTT
import NIOCore
import NIOSSL
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct TLSTests {
    @Test func everythingIsServedEncrypted() async throws {
        let certificate = try await TestCertificate()
        let trust = try certificate.trust()
        try await RunningServer.use({ $0.tls = certificate.files }) { port, _ in
            var client = try await WireClient(port: port, tls: trust)
            #expect(try await client.request("GET", "/health").status == 200)
            let wave = [UInt8](try Data(contentsOf: Recordings.named("06_").url))
            let answer = try await client.request("POST", "/v1/transcribe", body: wave)
            #expect(answer.status == 200 && answer.body.hasPrefix(#"{"text":""#))
            let events = try await client.request("POST", "/v1/transcribe/stream", body: wave)
            #expect(events.status == 200 && events.body.hasPrefix("data: {"))
            await client.leave()
            var live = try await WireClient(port: port, tls: trust)
            try await live.upgrade()
            #expect(try await live.message()["type"] as? String == "ready")
            try await live.send(text: Speech.configure)
            try await live.send(binary: try Speech.bytes("06_"))
            try await live.send(text: Speech.stop)
            let log = try await live.rest()
            #expect(log.count == 2 && log.first != "final: " && log.last == "close 1000 ")
        }
    }

    @Test func sessionsGetTheirFinalWhenTheServerDrains() async throws {
        let certificate = try await TestCertificate()
        let trust = try certificate.trust()
        try await RunningServer.use({ $0.tls = certificate.files }) { port, server in
            var live = try await WireClient(port: port, tls: trust)
            try await live.upgrade()
            #expect(try await live.message()["type"] as? String == "ready")
            // One that has not even shaken hands does not hold the server up.
            let silent = try await WireClient(port: port)
            await server.drain()
            #expect(try await live.rest() == ["final: ", "close 1001 server shutdown"])
            await silent.leave()
        }
    }

    @Test func plainHTTPIsToldWhatIsWrong() async throws {
        let certificate = try await TestCertificate()
        try await RunningServer.use({ $0.tls = certificate.files }) { port, _ in
            var plain = try await WireClient(port: port)
            let answer = try await plain.request("GET", "/health")
            #expect(answer.status == 400 && answer.body == "This port speaks HTTPS; use https://\n")
            #expect(try await plain.rest() == [])
            for bytes in [[UInt8](repeating: 0, count: 100), [22, 3, 1, 0xFF, 0xFF], [22, 3, 1, 0, 1, 1], [10]] {
                var garbage = try await WireClient(port: port)
                try? await garbage.send(raw: bytes)
                try? await garbage.send(raw: [UInt8](repeating: 0xFF, count: 20_000))
                // An alert of TLS at most, and the end.
                let answer = await garbage.remainder()
                #expect(!answer.contains("HTTP"))
            }
            var good = try await WireClient(port: port, tls: try certificate.trust())
            #expect(try await good.request("GET", "/health").status == 200)
            await good.leave()
        }
    }

    @Test func handshakeMustEndInTime() async throws {
        let certificate = try await TestCertificate()
        try await RunningServer.use({
            $0.tls = certificate.files
            $0.handshakeTimeout = .seconds(3)
        }) { port, _ in
            var good = try await WireClient(port: port, tls: try certificate.trust())
            #expect(try await good.request("GET", "/health").status == 200)
            var (silent, slow) = (try await WireClient(port: port), try await WireClient(port: port))
            // The beginning of a handshake, and no more.
            try await slow.send(raw: [22, 3, 1, 2, 0, 1])
            let start = ContinuousClock.now
            #expect(try await silent.rest() == [])
            #expect(try await slow.rest() == [])
            #expect(start.duration(to: .now) < .seconds(20))
            // The time is for the handshake only.
            #expect(try await good.request("GET", "/health").status == 200)
            await good.leave()
        }
    }

    @Test func oldVersionsAreRefused() async throws {
        let certificate = try await TestCertificate()
        try await RunningServer.use({ $0.tls = certificate.files }) { port, _ in
            for (version, isServed) in [(TLSVersion.tlsv11, false), (.tlsv12, true), (.tlsv13, true)] {
                let trust = try certificate.trust {
                    $0.minimumTLSVersion = .tlsv1
                    $0.maximumTLSVersion = version
                }
                var client = try await WireClient(port: port, tls: trust)
                let answer = try? await client.request("GET", "/health")
                #expect((answer?.status == 200) == isServed, "\(version)")
                await client.leave()
            }
        }
    }

    @Test func newCertificateIsForNewConnectionsAndABadOneForNone() async throws {
        let certificate = try await TestCertificate()
        let (log, old) = (LogRecord(), try certificate.trust())
        try await RunningServer.use({ $0.tls = certificate.files }, logger: log.logger) { port, server in
            func isServed(_ trust: NIOSSLContext) async throws -> Bool {
                var client = try await WireClient(port: port, tls: trust)
                defer { client.channel.close(promise: nil) }
                return (try? await client.request("GET", "/health").status) == 200
            }
            var open = try await WireClient(port: port, tls: old)
            #expect(try await open.request("GET", "/health").status == 200)
            try await certificate.make()
            let new = try certificate.trust()
            #expect(try await isServed(old))
            await server.reload()
            #expect(try await open.request("GET", "/health").status == 200)
            #expect(try await isServed(old) == false)
            #expect(try await isServed(new))
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: certificate.files.certificate))
            await server.reload()
            #expect(try await isServed(new))
            await open.leave()
        }
        #expect(log.lines.contains("notice reloaded item=certificate"))
        #expect(log.lines.contains { $0.hasPrefix("error reload failed; keeping previous value error=file") })
        #expect(!log.lines.contains { $0.contains(certificate.folder.url.lastPathComponent) })
    }
}

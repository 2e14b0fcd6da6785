import Foundation
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct AccessTests {
    struct Case: Sendable {
        let method: String
        let path: String
        let key: String?
        let status: Int

        init(_ method: String, _ path: String, _ key: String?, _ status: Int) {
            (self.method, self.path, self.key, self.status) = (method, path, key, status)
        }
    }

    static let cases = [
        Case("GET", "/health", nil, 200), Case("GET", "/ready", "wrong", 200), Case("OPTIONS", "/v1/models", nil, 204),
        Case("OPTIONS", "/v1/ws", nil, 204), Case("GET", "/v1/models", nil, 401),
        Case("GET", "/v1/models", "wrong-key-of-nobody", 401), Case("GET", "/v1/models", KeyFile.speaker, 200),
        Case("GET", "/v1/models", KeyFile.admin, 403), Case("GET", "/v1/models", KeyFile.metrics, 403),
        Case("POST", "/v1/transcribe", nil, 401), Case("POST", "/v1/transcribe", KeyFile.speaker, 400),
        Case("POST", "/v1/transcribe/stream", "ключ-0123456789-ключ", 401), Case("GET", "/v1/ws", nil, 401),
        Case("GET", "/v1/ws", KeyFile.speaker, 400), Case("GET", "/v1/unknown", nil, 401),
        Case("GET", "/v1/unknown", KeyFile.speaker, 404), Case("POST", "/v1/admin/unknown", KeyFile.speaker, 403),
        Case("POST", "/v1/admin/unknown", KeyFile.admin, 404), Case("GET", "/nope", nil, 401),
    ]

    @Test func everyPathAsksForItsRole() async throws {
        let file = try KeyFile()
        try await RunningServer.use({ $0.apiKeyFile = file.path }) { port, _ in
            var client = try await WireClient(port: port)
            for item in Self.cases {
                let fields = item.key.map { ["X-API-Key": $0] } ?? [:]
                let answer = try await client.request(item.method, item.path, fields)
                #expect(answer.status == item.status, "\(item)")
                #expect(answer.fields["www-authenticate"] == (item.status == 401 ? "Bearer" : nil))
                if item.status == 401 {
                    #expect(answer.body == #"{"error":"A valid API key is required","code":"unauthorized"}"#)
                }
                if item.status == 403 {
                    #expect(answer.body == #"{"error":"The API key lacks the role for this","code":"forbidden"}"#)
                }
            }
            let bearer = ["Authorization": "Bearer \(KeyFile.speaker)", "Origin": "http://localhost:3000"]
            let models = try await client.request("GET", "/v1/models", bearer)
            #expect(models.status == 200)
            #expect(models.fields["access-control-allow-headers"] == "*, authorization")
            #expect(models.fields["access-control-expose-headers"] == "x-request-id, retry-after")
            let refusal = try await client.request("HEAD", "/v1/models", ["Origin": "http://localhost:3000"])
            #expect(refusal.status == 401 && refusal.fields["access-control-allow-origin"] == "http://localhost:3000")
            #expect(try await client.request("GET", "/health").status == 200)
            await client.leave()
        }
    }

    @Test func uploadWithoutKeyIsRefusedAndTheConnectionGoesOn() async throws {
        let file = try KeyFile()
        try await RunningServer.use({ $0.apiKeyFile = file.path }) { port, _ in
            var client = try await WireClient(port: port)
            let body = [UInt8](repeating: 1, count: 1_000_000)
            #expect(try await client.request("POST", "/v1/transcribe", body: body).status == 401)
            #expect(try await client.request("GET", "/v1/models", ["X-API-Key": KeyFile.speaker]).status == 200)
            await client.leave()
        }
    }

    @Test func webSocketsTakeTheKeyInEachWay() async throws {
        let file = try KeyFile()
        let encoded = Data(KeyFile.speaker.utf8).base64EncodedString().replacing("=", with: "")
        let ways = [
            ("Authorization", "Bearer \(KeyFile.speaker)", 101, nil), ("X-API-Key", KeyFile.speaker, 101, nil),
            ("Sec-WebSocket-Protocol", "gigastt.v1, gigastt.key.\(encoded)", 101, "gigastt.v1"),
            ("Sec-WebSocket-Protocol", "gigastt.key.\(KeyFile.speaker), gigastt.v1", 101, "gigastt.v1"),
            ("Sec-WebSocket-Protocol", "gigastt.key.\(encoded)", 101, nil),
            ("Sec-WebSocket-Protocol", "gigastt.v1, \(KeyFile.speaker)", 401, nil),
            ("Sec-WebSocket-Protocol", "gigastt.v1, gigastt.key.\(encoded)x", 401, nil),
            ("Authorization", "Bearer \(KeyFile.admin)", 403, nil), ("X-Nothing", "x", 401, nil),
        ]
        try await RunningServer.use({ $0.apiKeyFile = file.path }) { port, _ in
            for (name, value, status, answered) in ways {
                var client = try await WireClient(port: port)
                var fields = WireClient.upgradeFields
                fields[name] = value
                let answer = try await client.request("GET", "/v1/ws", fields)
                #expect(answer.status == status && answer.fields["sec-websocket-protocol"] == answered, "\(value)")
                if status == 101 {
                    #expect(try await client.message()["type"] as? String == "ready")
                    try await client.send(text: Speech.stop)
                    #expect(try await client.rest() == ["final: ", "close 1000 "])
                } else {
                    #expect(answer.fields["connection"] == "close")
                    #expect(try await client.rest() == [])
                }
            }
        }
    }

    @Test func headersThatMakeNoSenseDoNoHarm() async throws {
        let file = try KeyFile()
        try await RunningServer.use({ $0.apiKeyFile = file.path }) { port, _ in
            let line = "Authorization: Bearer \(KeyFile.speaker)\r\n"
            let heads = [
                ("Authorization: Bearer \(String(repeating: "x", count: 1 << 20))\r\n", [400]),
                (line + "Authorization: Bearer wrong-key-0123456789\r\n", [401]), (line + line, [200]),
                (String(repeating: line, count: 100), [401]), ("Authorization: Bearer \u{FF}\u{1F600}\r\n", [401]),
                ("Authorization: \r\n", [401]), ("Authorization: Bearer\0\(KeyFile.speaker)\r\n", [400, 401]),
            ]
            for (head, statuses) in heads {
                var client = try await WireClient(port: port)
                try? await client.send(raw: Array("GET /v1/models HTTP/1.1\r\nHost: x\r\n\(head)\r\n".utf8))
                // An answer, or for what is far too long an end, but no service.
                if let answer = try? await client.answer() {
                    #expect(statuses.contains(answer.status), "\(head.prefix(40))")
                } else {
                    #expect(statuses == [400], "\(head.prefix(40))")
                }
                await client.leave()
            }
            var client = try await WireClient(port: port)
            #expect(try await client.request("GET", "/v1/models", ["X-API-Key": KeyFile.speaker]).status == 200)
            await client.leave()
        }
    }

    @Test func keysAreReplacedOnReloadAndABadFileChangesNothing() async throws {
        let file = try KeyFile()
        try await RunningServer.use({ $0.apiKeyFile = file.path }) { port, server in
            var client = try await WireClient(port: port)
            func status(_ key: String) async throws -> Int {
                try await client.request("GET", "/v1/models", ["X-API-Key": key]).status
            }
            var live = try await WireClient(port: port)
            var fields = WireClient.upgradeFields
            fields["X-API-Key"] = KeyFile.speaker
            #expect(try await live.request("GET", "/v1/ws", fields).status == 101)
            try file.write(KeyFile.text("another-key-0123456789"))
            #expect(try await status(KeyFile.speaker) == 200)
            await server.reload()
            #expect(try await status(KeyFile.speaker) == 401)
            #expect(try await status("another-key-0123456789") == 200)
            for text in ["", "nonsense", "a transcribe short"] {
                try file.write(text)
                await server.reload()
                #expect(try await status("another-key-0123456789") == 200, "\(text)")
            }
            try FileManager.default.removeItem(atPath: file.path)
            await server.reload()
            #expect(try await status("another-key-0123456789") == 200)
            // Whoever is in stays.
            #expect(try await live.message()["type"] as? String == "ready")
            try await live.send(text: Speech.stop)
            #expect(try await live.rest() == ["final: ", "close 1000 "])
            await client.leave()
        }
    }

    @Test func namesAreLoggedAndKeysNever() async throws {
        let (file, log) = (try KeyFile(), LogRecord())
        try await RunningServer.use({ $0.apiKeyFile = file.path }, logger: log.logger) { port, _ in
            var live = try await WireClient(port: port)
            var fields = WireClient.upgradeFields
            fields["Sec-WebSocket-Protocol"] = "gigastt.v1, gigastt.key.\(KeyFile.speaker)"
            #expect(try await live.request("GET", "/v1/ws", fields).status == 101)
            try await live.send(text: Speech.stop)
            _ = try await live.rest()
            var client = try await WireClient(port: port)
            #expect(try await client.request("GET", "/v1/models", ["X-API-Key": KeyFile.speaker]).status == 200)
            #expect(try await client.request("GET", "/v1/models", ["X-API-Key": KeyFile.admin]).status == 403)
            #expect(try await client.request("GET", "/v1/models", ["X-API-Key": "wrong-key-123456"]).status == 401)
            await client.leave()
        }
        let lines = log.lines
        #expect(lines.contains { $0.hasPrefix("info live session") && $0.contains("key.name=speaker") })
        #expect(lines.contains { $0.hasPrefix("notice request rejected: invalid API key code=forbidden") })
        let requests = lines.filter { $0.hasPrefix("info request ") }
        #expect(requests.contains { $0.contains("key.name=speaker") && $0.contains("path=/v1/ws ") })
        #expect(
            requests.contains {
                $0.contains("key.name=speaker") && $0.contains("path=/v1/models ") && $0.contains("status=200")
            })
        #expect(requests.contains { $0.contains("code=unauthorized") && !$0.contains("key.name") })
        for key in [KeyFile.speaker, KeyFile.admin, "wrong-key-123456"] {
            #expect(!lines.contains { $0.contains(key) })
        }
    }

    @Test func othersAreWarnedOfWhatIsMissing() async throws {
        let file = try KeyFile()
        var settings = ServerSettings()
        #expect(BindPolicy.warnings(settings) == [])
        settings.host = "0.0.0.0"
        let both = BindPolicy.warnings(settings).joined()
        #expect(both.contains("0.0.0.0") && both.contains("API KEYS") && both.contains("ENCRYPTION"))
        settings.apiKeyFile = file.path
        let encryption = BindPolicy.warnings(settings).joined()
        #expect(!encryption.contains("API KEYS") && encryption.contains("ENCRYPTION"))
        settings.tls = TLSCertificateFiles(certificate: "a", privateKey: "b")
        #expect(BindPolicy.warnings(settings) == [])
        settings.apiKeyFile = nil
        let keys = BindPolicy.warnings(settings).joined()
        #expect(keys.contains("API KEYS") && !keys.contains("ENCRYPTION"))
    }

    @Test func metricsListenerIsWarnedOfToo() throws {
        var settings = ServerSettings()
        settings.metrics = ListenAddress("127.0.0.1:9090")
        #expect(BindPolicy.warnings(settings) == [])
        settings.metrics = ListenAddress("0.0.0.0:9090")
        #expect(BindPolicy.warnings(settings).count == 1)
        #expect(BindPolicy.warnings(settings).joined().hasPrefix("metrics on 0.0.0.0 is reachable"))
        settings.tls = TLSCertificateFiles(certificate: "a", privateKey: "b")
        settings.apiKeyFile = "keys"
        #expect(BindPolicy.warnings(settings) == [])
        settings.metricsWithoutKey = true
        #expect(BindPolicy.warnings(settings).joined().contains("API KEYS"))
    }
}

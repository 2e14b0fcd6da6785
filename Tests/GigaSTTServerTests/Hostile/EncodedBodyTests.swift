import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct EncodedBodyTests {
    @Test func compressedBodiesAreRefusedByName() async throws {
        let body = try Speech.file("06_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for encoding in ["gzip", "GZIP", "br, gzip", "identity", "Identity", ""] {
                for path in ["/v1/transcribe", "/v1/transcribe/stream"] {
                    let answer = try await client.request("POST", path, ["Content-Encoding": encoding], body: body)
                    // The rest of a refused body is read over, and the connection goes on.
                    let isPlain = ["", "identity"].contains(encoding.lowercased())
                    #expect(answer.status == (isPlain ? 200 : 415), "\(encoding)")
                    if isPlain { continue }
                    #expect(answer.body.hasSuffix(#""code":"unsupported_media_type"}"#))
                    #expect(answer.fields["accept-encoding"] == "identity")
                }
            }
            await client.leave()
        }
    }

    @Test func otherExpectationsChangeNothing() async throws {
        let body = try Speech.file("06_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for value in ["200-maybe", "100-continue, x", ""] {
                let answer = try await client.request("POST", "/v1/transcribe", ["Expect": value], body: body)
                #expect(answer.status == 200, "\(value)")
            }
            await client.leave()
        }
    }

    @Test func bodyOfAnUpgradeIsNotTakenForFrames() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            var fields = WireClient.upgradeFields
            fields["Content-Length"] = "6"
            let lines = fields.map { "\($0): \($1)\r\n" }.joined()
            // A pong of an unmasked frame would end the session with 1002.
            try await client.send(
                raw: Array("GET /v1/ws HTTP/1.1\r\nHost: t\r\n\(lines)\r\n".utf8) + [0x81, 0x80, 0, 0, 0, 0])
            let answer = try await client.answer()
            #expect(answer.status == 101)
            try await client.send(text: Speech.stop)
            #expect(try await client.message()["type"] as? String == "ready")
            #expect(try await client.rest() == ["final: ", "close 1000 "])
        }
    }
}

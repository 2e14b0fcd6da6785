import Foundation
import GigaSTT
import NIOCore
import NIOHTTP1
import Testing

@testable import GigaSTTServer

/// Requests whose length is in doubt: a server that guesses otherwise than a proxy in front lets requests be smuggled.
@Suite struct RequestFramingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let raw: String
        var testDescription: String { name }

        init(_ name: String, _ raw: String) { (self.name, self.raw) = (name, raw) }
    }

    private static let post = "POST /v1/transcribe HTTP/1.1\r\nHost: t\r\n"

    static let refused = [
        Case("no request at all", "NONSENSE\r\n\r\n"),
        Case("two ways to tell the length", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case("the same the other way round", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        Case("two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n123456"),
        Case("length below zero", post + "Content-Length: -5\r\n\r\n"),
        Case("length with a sign", post + "Content-Length: +5\r\n\r\n12345"),
        Case("length of 70 bits", post + "Content-Length: 999999999999999999999\r\n\r\n"),
        Case("space before the colon", post + "Content-Length : 5\r\n\r\n12345"),
        Case("unknown coding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Case("coding after chunks", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        Case("chunk size that is no number", post + "Transfer-Encoding: chunked\r\n\r\nZZ\r\nab\r\n0\r\n\r\n"),
        Case("chunk size below zero", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n0\r\n\r\n"),
        Case("chunk size of 68 bits", post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nab"),
        Case("chunk longer than its size", post + "Transfer-Encoding: chunked\r\n\r\n1\r\nabcd\r\n0\r\n\r\n"),
        Case("header line of a megabyte", post + "X-A: " + String(repeating: "a", count: 1 << 20) + "\r\n\r\n"),
        Case("name of a megabyte", post + String(repeating: "a", count: 1 << 20) + ": b\r\n\r\n"),
        Case("path of a megabyte", "GET /" + String(repeating: "a", count: 1 << 20) + " HTTP/1.1\r\n\r\n"),
        Case("many short header lines", post + String(repeating: "X-A: b\r\n", count: 100_000) + "\r\n"),
        Case("line break in a header", post + "X-A: a\rb\r\n\r\n"),
        Case("no host", "GET /v1/models HTTP/1.1\r\n\r\n"),
        Case("two hosts", "GET /v1/models HTTP/1.1\r\nHost: t\r\nHost: t\r\n\r\n"),
        Case("folded header line", post + "X-A: a\r\n b\r\n\r\n"),
        Case("chunks in HTTP/1.0", "POST /v1/transcribe HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    /// The parser refuses it before any route is known; the operator finds it by its identifier all the same.
    @Test func refusedRequestsHaveAnEnvelopeAnIdentifierAndALine() async throws {
        let log = LogRecord()
        try await RunningServer.use(logger: log.logger) { port, server in
            for raw in ["NONSENSE\r\n\r\n", "GET /v1/models HTTP/1.1\r\n\r\n"] {
                var client = try await WireClient(port: port)
                try await client.send(raw: Array(raw.utf8))
                let answer = try await client.answer()
                let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: String]
                #expect(answer.status == 400 && object?["code"] == "invalid_request" && object?["error"] != nil)
                #expect(answer.fields["content-type"] == "application/json" && answer.fields["connection"] == "close")
                let id = try #require(answer.fields["x-request-id"])
                #expect(await client.remainder().isEmpty)
                #expect(log.lines.contains { $0.contains("request refused") && $0.contains(id) })
            }
        }
    }

    /// As curl sends it; the parser refuses bytes beyond ASCII. Two requests on one connection, the first with a body.
    @Test func queriesMayBeWrittenInCyrillic() async throws {
        let body = try Speech.file("12_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for path in ["/v1/transcribe?hotwords=привет", "/v1/transcribe?format=плохо", "/v1/models?x=ё"] {
                let answer = try await client.request(path.contains("models") ? "GET" : "POST", path, body: body)
                #expect(answer.status == (path.contains("плохо") ? 400 : 200), "\(path)")
                if answer.status == 400 { #expect(answer.body.contains("плохо")) }
            }
            await client.leave()
        }
    }

    /// Every way of cutting the bytes gives the same; bodies and what follows an upgrade stay as they are.
    @Test(arguments: [
        (
            "GET /а HTTP/1.1\r\nA: б\r\n\r\nGET /б HTTP/1.1\r\n\r\n",
            "GET /%D0%B0 HTTP/1.1\r\nA: б\r\n\r\nGET /%D0%B1 HTTP/1.1\r\n\r\n"
        ),
        ("\r\n\nGET /а HTTP/1.1\n\n", "\r\n\nGET /%D0%B0 HTTP/1.1\n\n"),
        (
            "POST /а HTTP/1.1\r\nContent-Length: 8\r\n\r\nб\r\n\r\nвGET /г HTTP/1.1\r\n\r\n",
            "POST /%D0%B0 HTTP/1.1\r\nContent-Length: 8\r\n\r\nб\r\n\r\nвGET /%D0%B3 HTTP/1.1\r\n\r\n"
        ),
        (
            "POST /а HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nб\r\n0\r\n\r\nGET /г HTTP/1.1\r\n\r\n",
            "POST /%D0%B0 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nб\r\n0\r\n\r\nGET /г HTTP/1.1\r\n\r\n"
        ),
        (
            "GET /а HTTP/1.1\r\nUpgrade: websocket\r\n\r\nб\r\n\r\nв\r\n",
            "GET /%D0%B0 HTTP/1.1\r\nUpgrade: websocket\r\n\r\nб\r\n\r\nв\r\n"
        ),
    ])
    func requestLinesAloneAreEncoded(sent: String, read: String) {
        let sent = Array(sent.utf8)
        for size in [1, 2, 3, 7, sent.count] {
            var (lines, passed, decoder) = (RequestLines(), [UInt8](), HeadReader())
            for start in stride(from: 0, to: sent.count, by: size) {
                var bytes = ByteBuffer(bytes: sent[start..<min(start + size, sent.count)])
                while let part = lines.next(of: &bytes) {
                    passed += Array(part.readableBytesView)
                    if let head = decoder.take(part) { lines.didRead(head) }
                }
            }
            #expect(String(decoding: passed, as: UTF8.self) == read, "in pieces of \(size)")
        }
    }

    /// 400, then the end; never an answer to what follows.
    @Test func doubtfulRequestsEndTheConnection() async throws {
        try await RunningServer.use { port, server in
            for item in Self.refused {
                var client = try await WireClient(port: port)
                // The server may end the connection before all is sent.
                try? await client.send(raw: Array((item.raw + "GET /v1/models HTTP/1.1\r\nHost: t\r\n\r\n").utf8))
                let answers = await client.remainder()
                #expect(answers.hasPrefix("HTTP/1.1 400 ") || answers.hasPrefix("HTTP/1.0 400 "), "\(item.name)")
                #expect(!answers.contains(" 200 "), "\(item.name): \(answers)")
            }
            await server.wait(for: 0, of: .uploads)
            var good = try await WireClient(port: port)
            #expect(try await good.request("GET", "/health").status == 200)
            await good.leave()
        }
    }

    @Test func restOfAShortLengthIsNoAudio() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let body = String(repeating: "RIFF", count: 20)
            try await client.send(raw: Array((Self.post + "Content-Length: 5\r\n\r\n" + body).utf8))
            #expect(try await client.answer().status == 422)
            let rest = await client.remainder()
            #expect(rest.isEmpty || rest.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func bodyThatNeverComesIsGivenUp() async throws {
        try await RunningServer.use({ $0.idleConnectionTimeout = .seconds(1) }) { port, server in
            var client = try await WireClient(port: port)
            try await client.send(raw: Array((Self.post + "Content-Length: 50000\r\n\r\nRIFF").utf8))
            #expect(await !client.remainder().contains(" 200 "))
            await server.wait(for: 0, of: .uploads)
        }
    }

    @Test func requestsInOneGoAreAnsweredInTurn() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let paths = ["/health", "/nope", "/v1/models", "/ready"]
            try await client.send(raw: Array(paths.map { "GET \($0) HTTP/1.1\r\nHost: t\r\n\r\n" }.joined().utf8))
            for status in [200, 404, 200, 200] { #expect(try await client.answer().status == status) }
            await client.leave()
        }
    }

    @Test func connectionEndsWithTheAnswerWhereTheClientWaitsForThat() async throws {
        let heads = [
            "HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: close\r\n", "HTTP/1.1\r\nConnection: Close\r\n",
            "HTTP/1.1\r\nConnection: TE, close\r\n", "HTTP/1.1\r\nConnection: TE\r\nConnection: close\r\n",
        ]
        try await RunningServer.use { port, _ in
            for head in heads {
                var client = try await WireClient(port: port)
                try await client.send(raw: Array("GET /health \(head)Host: t\r\n\r\n".utf8))
                let answer = await client.remainder()
                #expect(answer.contains(" 200 OK") && answer.lowercased().contains("connection: close"), "\(head)")
            }
        }
    }

    @Test func oldClientsGetEventsWithoutChunks() async throws {
        let body = try Speech.file("12_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let head = "POST /v1/transcribe/stream HTTP/1.0\r\nContent-Length: \(body.count)\r\n\r\n"
            try await client.send(raw: Array(head.utf8) + body)
            let answer = await client.remainder()
            #expect(!answer.lowercased().contains("transfer-encoding") && answer.contains("\r\n\r\ndata: {"))
            #expect(answer.hasSuffix("}\n\n"))
        }
    }

    @Test func oldClientsAreNoWebSockets() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let fields = WireClient.upgradeFields.map { "\($0): \($1)\r\n" }.joined()
            try await client.send(raw: Array("GET /v1/ws HTTP/1.0\r\n\(fields)\r\n".utf8))
            let answer = await client.remainder()
            #expect(answer.hasPrefix("HTTP/1.0 426 ") && answer.lowercased().contains("\r\nupgrade: websocket\r\n"))
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
        }
    }

    /// RFC 9110 section 10.1.1: the 100 belongs to the second request and comes behind the whole first response.
    @Test func continueNeverComesInsideAResponse() async throws {
        let body = try Speech.file("12_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            func head(_ path: String, _ fields: String = "") -> [UInt8] {
                Array("POST \(path) HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.count)\r\n\(fields)\r\n".utf8)
            }
            try await client.send(
                raw: head("/v1/transcribe/stream") + body + head("/v1/transcribe", "Expect: 100-continue\r\n"))
            let events = try await client.answer()
            #expect(events.status == 200 && events.fields["transfer-encoding"] == "chunked")
            #expect(events.body.hasPrefix("data: {") && events.body.hasSuffix("}\n\n"))
            #expect(try await client.answer().status == 100)
            try await client.send(raw: body)
            #expect(try await client.answer().status == 200)
            await client.leave()
        }
    }
}

/// Stands for the decoder: tells of a head with its last line, and skips bodies.
private struct HeadReader {
    private var head = ""
    private var byteCount = 0
    private var isOver = false

    mutating func take(_ part: ByteBuffer) -> HTTPRequestHead? {
        if isOver { return nil }
        if byteCount > 0 {
            byteCount -= part.readableBytes
            return nil
        }
        head += part.readableBytesView.map { String(UnicodeScalar($0)) }.joined()
        if head.allSatisfy(\.isNewline) { head = "" }
        guard head.hasSuffix("\r\n\r\n") || head.hasSuffix("\n\n") else { return nil }
        var fields = HTTPHeaders()
        for line in head.split(whereSeparator: \.isNewline).dropFirst() {
            let parts = line.split(separator: ":")
            fields.add(name: String(parts[0]), value: parts[1].trimmingCharacters(in: .whitespaces))
        }
        head = ""
        byteCount = Int(fields["content-length"].first ?? "0") ?? 0
        isOver = fields.contains(name: "upgrade") || fields.contains(name: "transfer-encoding")
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: fields)
    }
}

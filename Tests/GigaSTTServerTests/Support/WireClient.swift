import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client that knows the wire and no rules: it can also send what no library would.
struct WireClient {
    /// A frame of the server.
    struct Frame: Equatable {
        let opcode: UInt8
        let content: [UInt8]
        var text: String { String(decoding: content, as: UTF8.self) }
        /// The code and the reason of a close frame.
        var close: String {
            guard opcode == 8, content.count >= 2 else { return "no close" }
            let code = Int(content[0]) << 8 | Int(content[1])
            return "\(code) \(String(decoding: content.dropFirst(2), as: UTF8.self))"
        }
    }

    struct Answer {
        var status = 0
        var fields: [String: String] = [:]
        var body = ""
    }

    struct Ended: Error {}

    let channel: any Channel
    private var arrivals: AsyncStream<ByteBuffer>.AsyncIterator
    private var unread = ByteBuffer()

    /// Connects; encrypted with `tls`. A client that does not read lets the bytes pile up at the server.
    init(
        host: String = "127.0.0.1", port: Int, tls: NIOSSLContext? = nil, reads: Bool = true
    ) async throws {
        let (stream, arrival) = AsyncStream.makeStream(of: ByteBuffer.self)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.minutes(1))
            .channelOption(.autoRead, value: reads)
            .channelOption(.socketOption(.so_rcvbuf), value: reads ? 1 << 18 : 4_096)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(arrival))
                }
            }
            .connect(host: host, port: port).get()
        arrivals = stream.makeAsyncIterator()
    }

    /// Connects and opens a WebSocket; the message `ready` has been read.
    static func live(port: Int) async throws -> WireClient {
        var client = try await WireClient(port: port)
        try await client.upgrade()
        let ready = try await client.message()
        guard ready["type"] as? String == "ready" else { throw Ended() }
        return client
    }

    // MARK: HTTP

    static let upgradeFields = [
        "Connection": "keep-alive, Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    /// Sends a request and reads the answer.
    mutating func request(
        _ method: String, _ path: String, _ fields: [String: String] = [:], body: [UInt8] = []
    ) async throws -> Answer {
        var fields = fields
        fields["Host"] = fields["Host"] ?? "test"
        if !body.isEmpty { fields["Content-Length"] = "\(body.count)" }
        let lines = fields.map { "\($0): \($1)\r\n" }.joined()
        try await send(raw: Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8) + body)
        return try await answer(hasBody: method != "HEAD")
    }

    mutating func upgrade() async throws {
        guard try await request("GET", "/v1/ws", Self.upgradeFields).status == 101 else { throw Ended() }
    }

    mutating func answer(hasBody: Bool = true) async throws -> Answer {
        var head = ""
        while !head.hasSuffix("\r\n\r\n") { head += String(decoding: try await take(1), as: UTF8.self) }
        var answer = Answer()
        for (index, line) in head.split(separator: "\r\n").enumerated() {
            if index == 0 { answer.status = Int(line.split(separator: " ")[1]) ?? 0 }
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { answer.fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        if hasBody, answer.fields["transfer-encoding"] == "chunked" {
            var body: [UInt8] = []
            while let part = try await part() { body += part }
            answer.body = String(decoding: body, as: UTF8.self)
        } else {
            let count = hasBody ? Int(answer.fields["content-length"] ?? "0") ?? 0 : 0
            answer.body = String(decoding: try await take(count), as: UTF8.self)
        }
        return answer
    }

    /// Everything up to the end of the connection, as text.
    mutating func remainder() async -> String { String(decoding: await remainingBytes(), as: UTF8.self) }

    /// Everything up to the end of the connection.
    mutating func remainingBytes() async -> [UInt8] {
        while var more = await arrivals.next() { unread.writeBuffer(&more) }
        return unread.readBytes(length: unread.readableBytes) ?? []
    }

    /// The next line, without its end.
    mutating func line() async throws -> String {
        var line: [UInt8] = []
        while true {
            let byte = try await take(1)
            if byte == [10] { return String(decoding: line, as: UTF8.self) }
            line += byte
        }
    }

    /// Reads the head of an answer whose body is not wanted.
    mutating func skipHead() async throws {
        var last: [UInt8] = []
        while last != [13, 10, 13, 10] { last = last.suffix(3) + (try await take(1)) }
    }

    /// The next part of a body of unknown length, as text; throws `Ended` at its end.
    mutating func text() async throws -> String {
        guard let part = try await part() else { throw Ended() }
        return String(decoding: part, as: UTF8.self)
    }

    /// The next part of a body of unknown length; `nil` at its end.
    private mutating func part() async throws -> [UInt8]? {
        var line = ""
        while !line.hasSuffix("\r\n") { line += String(decoding: try await take(1), as: UTF8.self) }
        // "\r\n" is one character.
        let part = try await take(Int(line.dropLast(), radix: 16) ?? 0)
        _ = try await take(2)
        return part.isEmpty ? nil : part
    }

    // MARK: WebSocket

    func send(text: String) async throws { try await send(opcode: 1, Array(text.utf8)) }
    func send(binary: [UInt8]) async throws { try await send(opcode: 2, binary) }

    func send(opcode: UInt8, _ content: [UInt8], fin: Bool = true, isMasked: Bool = true) async throws {
        try await send(raw: Self.frame(opcode, content, fin: fin, isMasked: isMasked))
    }

    static func frame(_ opcode: UInt8, _ content: [UInt8], fin: Bool = true, isMasked: Bool = true) -> [UInt8] {
        var bytes = [(fin ? 0x80 : 0) | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch content.count {
        case ..<126: bytes.append(mask | UInt8(content.count))
        case ..<65_536: bytes += [mask | 126, UInt8(content.count >> 8), UInt8(content.count & 255)]
        default: bytes += [mask | 127] + (0..<8).map { UInt8(content.count >> (56 - 8 * $0) & 255) }
        }
        // A key of zeros leaves the content as it is.
        return bytes + (isMasked ? [0, 0, 0, 0] : []) + content
    }

    func send(raw: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: raw)) }

    /// The next frame; throws `Ended` at the end of the connection.
    mutating func frame() async throws -> Frame {
        let head = try await take(2)
        var count = Int(head[1] & 127)
        if count >= 126 {
            count = try await take(count == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        return Frame(opcode: head[0] & 15, content: try await take(count))
    }

    /// The next message as an object; pings are passed over, a close throws it.
    mutating func message() async throws -> [String: Any] {
        while true {
            let frame = try await frame()
            if frame.opcode == 1 {
                return try JSONSerialization.jsonObject(with: Data(frame.content)) as? [String: Any] ?? [:]
            }
            if frame.opcode == 8 { throw Ended() }
        }
    }

    /// Everything up to the end of the connection: codes of errors, `final: text`, closes; no partials or pings.
    mutating func rest() async throws -> [String] {
        var log: [String] = []
        while let frame = try? await frame() {
            if frame.opcode == 8 { log.append("close \(frame.close)") }
            guard frame.opcode == 1 else { continue }
            let object = try JSONSerialization.jsonObject(with: Data(frame.content)) as? [String: Any] ?? [:]
            switch object["type"] as? String {
            case "error": log.append(object["code"] as? String ?? "")
            case "final": log.append("final: \(object["text"] as? String ?? "")")
            default: break
            }
        }
        return log
    }

    /// Ends the connection without a word.
    func leave() async { try? await channel.close() }

    private mutating func take(_ count: Int) async throws -> [UInt8] {
        while unread.readableBytes < count {
            guard var more = await arrivals.next() else { throw Ended() }
            unread.writeBuffer(&more)
        }
        defer { unread.discardReadBytes() }
        return unread.readBytes(length: count) ?? []
    }
}

/// Hands everything that arrives to a stream.
private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let arrival: AsyncStream<ByteBuffer>.Continuation

    init(_ arrival: AsyncStream<ByteBuffer>.Continuation) { self.arrival = arrival }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { arrival.yield(unwrapInboundIn(data)) }
    func channelInactive(context: ChannelHandlerContext) { arrival.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

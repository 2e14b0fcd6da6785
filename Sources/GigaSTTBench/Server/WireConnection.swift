import Foundation
import NIOCore
import NIOPosix

/// A connection to the server: raw bytes out, whole answers and messages in.
final class WireConnection: Sendable {
    /// What has arrived, and when its last byte did.
    struct Arrival: Sendable {
        enum Content: Sendable {
            case answer(status: Int, body: String)
            case text(ByteBuffer)
            case pong
            case close(code: Int)
        }
        let content: Content
        let time: ContinuousClock.Instant
    }

    /// The server ended the connection.
    struct Ended: Error {}

    private let channel: any Channel
    private let arrivals: AsyncStream<Arrival>

    private init(_ channel: any Channel, _ arrivals: AsyncStream<Arrival>) {
        self.channel = channel
        self.arrivals = arrivals
    }

    /// Connects.
    static func open(_ server: ServedProgram) async throws -> WireConnection {
        // As much as a session says is kept until it is read: the load reads all of it.
        let (arrivals, arrival) = AsyncStream.makeStream(of: Arrival.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WireReader(arrival))
                }
            }
            .connect(host: server.host, port: server.port).get()
        return WireConnection(channel, arrivals)
    }

    /// Connects and opens a live session for audio at 16 kHz.
    static func live(_ server: ServedProgram) async throws -> WireConnection {
        let connection = try await open(server)
        connection.send(
            request: "GET", "/v1/ws",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
        guard case .answer(status: 101, _) = await connection.next()?.content,
            case .text = await connection.next()?.content
        else {
            await connection.close()
            throw Ended()
        }
        connection.send(WireFrame.text(#"{"type":"configure","sample_rate":16000}"#))
        return connection
    }

    /// The next arrival; `nil` at the end of the connection. One task reads.
    func next() async -> Arrival? {
        var iterator = arrivals.makeAsyncIterator()
        return await iterator.next()
    }

    /// Sends without waiting.
    func send(_ bytes: ByteBuffer) { channel.writeAndFlush(bytes, promise: nil) }

    func send(request method: String, _ path: String, _ fields: String = "") {
        send(ByteBuffer(string: "\(method) \(path) HTTP/1.1\r\nHost: bench\r\n\(fields)\r\n"))
    }

    /// Sends a recording and returns the status and the body of the answer.
    func transcribe(_ file: ByteBuffer, _ query: String = "") async throws -> (status: Int, body: String) {
        send(request: "POST", "/v1/transcribe\(query)", "Content-Length: \(file.readableBytes)\r\n")
        var rest = file
        while let part = rest.readSlice(length: min(1 << 18, max(1, rest.readableBytes))) {
            try await channel.writeAndFlush(part)
        }
        guard case .answer(let status, let body) = await next()?.content else { throw Ended() }
        return (status, body)
    }

    func close() async { try? await channel.close() }
}

import NIOCore
import NIOHTTP1

/// In front of the HTTP decoder: percent-encodes what is not ASCII in request lines, which curl sends as it is typed and the
/// parser refuses.
final class RequestLineHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var lines = RequestLines()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        // The decoder tells of a head while it takes the line that ends it.
        while let part = lines.next(of: &bytes) { context.fireChannelRead(wrapInboundOut(part)) }
    }

    /// The decoder has read a head.
    func didRead(_ head: HTTPRequestHead) { lines.didRead(head) }
}

/// Finds the request lines of a connection, for which it must know where each request ends: bodies are counted by
/// `Content-Length`. Behind chunks and behind an upgrade nothing is changed any more. Nothing is held back.
struct RequestLines: Sendable, Hashable {
    private enum Phase: Sendable, Hashable {
        /// Before or in a request line; empty lines may come before it (RFC 9112 section 2.2).
        case requestLine(hasBegun: Bool)
        case fields
        case body(byteCount: Int)
        /// Whatever follows is passed on.
        case unknown
    }

    private var phase = Phase.requestLine(hasBegun: false)

    /// Takes what is to be passed on next; `nil` at the end of the bytes.
    mutating func next(of bytes: inout ByteBuffer) -> ByteBuffer? {
        guard bytes.readableBytes > 0 else { return nil }
        switch phase {
        case .requestLine(let hasBegun):
            let end = lineEnd(bytes)
            guard var line = bytes.readSlice(length: end.byteCount) else { return nil }
            let isBlank = !hasBegun && line.readableBytesView.allSatisfy { $0 == 13 || $0 == 10 }
            if !isBlank { phase = end.isWhole ? .fields : .requestLine(hasBegun: true) }
            return Self.encoded(&line)
        case .fields: return bytes.readSlice(length: lineEnd(bytes).byteCount)
        case .body(let byteCount):
            let part = bytes.readSlice(length: min(byteCount, bytes.readableBytes))
            let rest = byteCount - (part?.readableBytes ?? 0)
            phase = rest > 0 ? .body(byteCount: rest) : .requestLine(hasBegun: false)
            return part
        case .unknown: return bytes.readSlice(length: bytes.readableBytes)
        }
    }

    /// The head whose last line was taken has been read.
    mutating func didRead(_ head: HTTPRequestHead) {
        let isFramed = !head.headers.contains(name: "transfer-encoding")
        guard isFramed, head.method != .CONNECT, !head.headers.contains(name: "upgrade") else {
            phase = .unknown
            return
        }
        let byteCount = head.headers["content-length"].first.map { Int($0) } ?? 0
        switch byteCount {
        case nil: phase = .unknown
        case 0?: phase = .requestLine(hasBegun: false)
        case let count?: phase = .body(byteCount: count)
        }
    }

    private func lineEnd(_ bytes: ByteBuffer) -> (byteCount: Int, isWhole: Bool) {
        let view = bytes.readableBytesView
        guard let end = view.firstIndex(of: 10) else { return (view.count, false) }
        return (view.distance(from: view.startIndex, to: end) + 1, true)
    }

    private static func encoded(_ line: inout ByteBuffer) -> ByteBuffer {
        guard line.readableBytesView.contains(where: { $0 >= 0x80 }) else { return line }
        let digits = Array("0123456789ABCDEF".utf8)
        return ByteBuffer(
            bytes: line.readableBytesView.flatMap { byte in
                byte < 0x80 ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            })
    }
}

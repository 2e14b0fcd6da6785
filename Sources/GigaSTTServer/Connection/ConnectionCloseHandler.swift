import NIOCore
import NIOHTTP1

/// Knows which request is a connection's last (RFC 9112 section 9.3) and says so in one spelling, `Connection: close`,
/// by which the server goes. Clients of HTTP/1.0 get one answer, without chunks, and no WebSocket.
final class ConnectionCloseHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var isOld = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let isOld = head.version.major < 1 || head.version == .http1_0
        let tokens = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        if isOld || tokens.contains("close") { head.headers.replaceOrAdd(name: "connection", value: "close") }
        if isOld {
            self.isOld = true
            head.headers.remove(name: "upgrade")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isOld, case .head(var head) = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        head.version = .http1_0
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}

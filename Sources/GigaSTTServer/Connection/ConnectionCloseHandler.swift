import NIOCore
import NIOHTTP1

/// Normalises requests: the last one of a connection (RFC 9112 section 9.3) has exactly `Connection: close`, by which the
/// server goes; one without exactly one `Host` (section 3.2) is a parse error; clients of HTTP/1.0 get one response,
/// without chunks, and no WebSocket.
final class ConnectionCloseHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let halfClose: HalfCloseHandler
    private let requestLine: RequestLineHandler
    private var isOld = false
    private var hasFailed = false

    init(halfClose: HalfCloseHandler, requestLine: RequestLineHandler) {
        self.halfClose = halfClose
        self.requestLine = requestLine
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if hasFailed { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        requestLine.didRead(head)
        let isOld = head.version.major < 1 || head.version == .http1_0
        guard isOld || head.headers["host"].count == 1 else {
            hasFailed = true
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        let tokens = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        let asksForUpgrade = tokens.contains("upgrade")
        if isOld || tokens.contains("close") {
            head.headers.replaceOrAdd(name: "connection", value: "close")
            // By what is left of it the route tells HTTP/1.0 from a request for no upgrade.
            if !isOld || !asksForUpgrade { head.headers.remove(name: "upgrade") }
        } else if asksForUpgrade {
            halfClose.upgradeRequested()
        }
        if isOld { self.isOld = true }
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

import NIOCore
import NIOHTTP1

/// Tells a client that waits with its body to go on (RFC 9110 section 10.1.1), unless it announces more than is
/// allowed: that one gets its refusal without having sent anything.
final class ExpectContinueHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let settings: CurrentSettings

    init(settings: CurrentSettings) { self.settings = settings }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data), isWelcome(head) {
            let answer = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
        }
        context.fireChannelRead(data)
    }

    private func isWelcome(_ head: HTTPRequestHead) -> Bool {
        guard head.version == .http1_1, head.headers["expect"].first?.lowercased() == "100-continue" else {
            return false
        }
        return Int(head.headers["content-length"].first ?? "0") ?? 0 <= settings.current.bodyByteLimit
    }
}

import NIOCore
import NIOHTTP1

/// Sends `100 Continue` to a client that waits with its body (RFC 9110 section 10.1.1), unless it announces more than is
/// allowed: that one gets its refusal without having sent anything.
///
/// In a pipeline of requests it is sent after the responses to the requests before, never into the middle of one.
final class ExpectContinueHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let settings: CurrentSettings
    private var requestCount = 0
    private var responseCount = 0
    /// How many responses come before the 100; of several requests that wait, only the last one still can.
    private var expectation: (responseCount: Int, head: HTTPResponseHead)?

    init(settings: CurrentSettings) { self.settings = settings }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
            expectation =
                shouldContinue(head) ? (requestCount, HTTPResponseHead(version: head.version, status: .continue)) : nil
            requestCount += 1
            sendContinue(context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        guard case .end = unwrapOutboundIn(data) else { return }
        responseCount += 1
        sendContinue(context)
    }

    private func sendContinue(_ context: ChannelHandlerContext) {
        guard let expectation, expectation.responseCount == responseCount else { return }
        self.expectation = nil
        context.writeAndFlush(wrapOutboundOut(.head(expectation.head)), promise: nil)
    }

    private func shouldContinue(_ head: HTTPRequestHead) -> Bool {
        guard head.version == .http1_1, head.headers["expect"].first?.lowercased() == "100-continue" else {
            return false
        }
        return Int(head.headers["content-length"].first ?? "0") ?? 0 <= settings.current.bodyByteLimit
    }
}

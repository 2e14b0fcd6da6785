import NIOCore
import NIOHTTP1

/// Closes a connection on a request body far beyond the limit.
///
/// A refused body is read and dropped, so that its client sees the refusal: a connection that is closed while bytes arrive is
/// reset, and the refusal with it. Twice the limit is read as it comes; the rest of a body that has its answer for some
/// seconds more, which bounds both time and bytes.
final class BodySizeLimitHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long the rest of a refused body is dropped.
    static let discardTime = TimeAmount.seconds(10)

    private let settings: CurrentSettings
    private var byteCount = 0
    /// Requests without the end of a response.
    private var unansweredCount = 0
    private var end: Scheduled<Void>?

    init(settings: CurrentSettings) { self.settings = settings }

    /// Twice the limit, and a megabyte.
    private var byteLimit: Int { 2 * settings.current.bodyByteLimit + 1 << 20 }
    /// Sixteen times the limit, and 64 megabytes.
    private var discardLimit: Int { 16 * settings.current.bodyByteLimit + 64 << 20 }

    func handlerRemoved(context: ChannelHandlerContext) { end?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            byteCount = 0
            unansweredCount += 1
        case .body(let part): byteCount += part.readableBytes
        case .end:
            byteCount = 0
            end?.cancel()
            end = nil
        }
        if byteCount <= byteLimit { return context.fireChannelRead(data) }
        if unansweredCount > 0 || byteCount > discardLimit { return context.close(promise: nil) }
        let channel = context.channel
        end = end ?? context.eventLoop.scheduleTask(in: Self.discardTime) { channel.close(promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { unansweredCount -= 1 }
        context.write(data, promise: promise)
    }
}

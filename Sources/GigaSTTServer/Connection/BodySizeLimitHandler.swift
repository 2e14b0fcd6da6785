import NIOCore
import NIOHTTP1

/// Ends a connection whose client goes on with a body that is far beyond what is allowed.
///
/// A refused body is read over, so that its client gets to see the refusal; but not for ever.
final class BodySizeLimitHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let settings: CurrentSettings
    private var byteCount = 0

    init(settings: CurrentSettings) { self.settings = settings }

    /// Twice what is allowed, and a megabyte.
    private var byteLimit: Int { 2 * settings.current.bodyByteLimit + 1 << 20 }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: byteCount = 0
        case .body(let part): byteCount += part.readableBytes
        case .end: break
        }
        if byteCount > byteLimit { context.close(promise: nil) } else { context.fireChannelRead(data) }
    }
}

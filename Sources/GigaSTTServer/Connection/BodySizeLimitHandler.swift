import NIOCore
import NIOHTTP1

/// Closes a connection on a request body far beyond the limit.
///
/// A refused body is read and dropped, so that its client sees the refusal; this bounds how much.
final class BodySizeLimitHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let settings: CurrentSettings
    private var byteCount = 0

    init(settings: CurrentSettings) { self.settings = settings }

    /// Twice the limit, and a megabyte.
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

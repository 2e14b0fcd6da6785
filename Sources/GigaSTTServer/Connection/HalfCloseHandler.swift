import NIOCore

/// In front of the HTTP codec. A WebSocket client that has closed its sending side (`shutdown(SHUT_WR)`, `nc -N`) still
/// reads the rest of its session; an HTTP client that has closed it counts as disconnected.
///
/// Between a request for an upgrade and the upgrade the event waits here, because the HTTP decoder would drop the bytes
/// that it holds for the WebSocket.
final class HalfCloseHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private enum Mode { case http, upgradeRequested, webSocket }

    private var mode = Mode.http
    private var isInputClosed = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// A request for an upgrade was read.
    func upgradeRequested() { mode = .upgradeRequested }

    /// The WebSocket codec is in place.
    func switchedToWebSocket() {
        mode = .webSocket
        if isInputClosed { context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event as? ChannelEvent == .inputClosed else { return context.fireUserInboundEventTriggered(event) }
        isInputClosed = true
        switch mode {
        case .http: context.close(promise: nil)
        case .upgradeRequested: break
        case .webSocket: context.fireUserInboundEventTriggered(event)
        }
    }
}

import Hummingbird

/// From a request to a live session over a WebSocket.
struct LiveRoute<Wire: LiveProtocol>: Sendable {
    let service: LiveService
    /// Subprotocols that may be selected; clients need not offer one.
    var subprotocols: [String] = []
    /// Makes the machine of a session; throws the answer for a request that has none.
    let makeWire: @Sendable (Request, ServerRequestContext, LiveStart) throws -> Wire

    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let key = try WebSocketUpgrade.acceptKey(request.head)
        let start = try service.start()
        let wire = try makeWire(request, context, start)
        let offered = WebSocketUpgrade.offeredProtocols(request.headers)
        let holder = BudgetClient(context)
        return WebSocketUpgrade.response(
            acceptKey: key, subprotocol: subprotocols.first { offered.contains($0) }, on: context.channel,
            settings: start.session, bytes: InboundBytes(service.budget, holder)
        ) { connection in
            await service.run(
                wire, over: connection, from: start, for: context.client, holder: holder, logger: context.logger)
        }
    }
}

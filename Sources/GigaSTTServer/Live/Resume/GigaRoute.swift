import Hummingbird
import Logging

/// `/v1/ws`: live sessions of gigastt's own protocol, new ones and those that go on after a connection was lost.
struct GigaRoute: Sendable {
    let service: LiveService

    func answer(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        let key = try WebSocketUpgrade.acceptKey(request.head)
        let start = try service.start()
        let offered = WebSocketUpgrade.offeredProtocols(request.headers)
        let holder = BudgetClient(context)
        let selected = offered.contains(WebSocketUpgrade.spokenProtocol) ? WebSocketUpgrade.spokenProtocol : nil
        let owner = context.outcome.keyName
        return WebSocketUpgrade.response(
            acceptKey: key, subprotocol: selected, on: context.channel, settings: start.session,
            bytes: InboundBytes(service.budget, holder)
        ) { connection in
            if let wish = offered.first(where: { $0.hasPrefix(WebSocketUpgrade.resumeProtocolPrefix) }) {
                await resume(wish, over: connection, owner: owner, context)
            } else {
                await begin(over: connection, from: start, holder: holder, owner: owner, context)
            }
        }
    }

    private func begin(
        over connection: WebSocketConnection, from start: LiveStart, holder: BudgetClient, owner: String?,
        _ context: ServerRequestContext
    ) async {
        let transport = ResumableTransport(
            connection, settings: start.session, owner: owner, in: service.resumableSessions)
        await withDiscardingTaskGroup { group in
            group.addTask { await transport.watch() }
            await service.run(
                GigaProtocol(start, enableResume: { transport.enable() }), over: transport, from: start,
                for: context.client, holder: holder, logger: context.logger)
            transport.endWatch()
        }
    }

    /// - Parameter wish: the subprotocol that names the session and the last message that the client has.
    private func resume(
        _ wish: String, over connection: WebSocketConnection, owner: String?, _ context: ServerRequestContext
    ) async {
        let parts = wish.dropFirst(WebSocketUpgrade.resumeProtocolPrefix.count).split(separator: ".")
        let refusal: ResumeMachine.Refusal
        do throws(ResumeMachine.Refusal) {
            guard parts.count == 2, let number = Int(parts[1]), number >= 0,
                let session = service.resumableSessions.session(String(parts[0]), of: owner)
            else { throw .unknown }
            return try await session.resume(over: connection, after: number)
        } catch {
            refusal = error
        }
        let error = ServerMessage.resumeRefused(refusal)
        if let code = error.failureCode {
            service.metrics.failed(code: code)
            context.logger.notice("live session not resumed", metadata: ["code": "\(code)"])
        }
        _ = await connection.send(error.message)
        await connection.close(.resumeRefused)
    }
}

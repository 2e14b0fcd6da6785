import Hummingbird
import Logging
import ServiceLifecycle

/// `GET /v1/calls/{id}`: the messages of a call over a WebSocket, from its beginning, whenever the client comes.
struct CallRoute: Sendable {
    static let path = "/v1/calls/{id}"

    let live: LiveService

    func add(to routes: inout RouteTable<RequestChain.Endpoint>) {
        routes.add(Route(Self.path, metricLabel: Self.path, handlesHead: false), .get) { try answer($0, $1) }
    }

    private func answer(_ request: Request, _ context: ServerRequestContext) throws -> Response {
        let key = try WebSocketUpgrade.acceptKey(request.head)
        guard let id = CallID(context.pathParameters["id"] ?? "") else {
            throw HTTPFailure.invalidCallID
        }
        let start = try live.start()
        let offered = WebSocketUpgrade.offeredProtocols(request.headers)
        let subprotocol = offered.contains(WebSocketUpgrade.spokenProtocol) ? WebSocketUpgrade.spokenProtocol : nil
        return WebSocketUpgrade.response(
            acceptKey: key, subprotocol: subprotocol, on: context.channel, settings: start.session,
            bytes: InboundBytes(live.budget, BudgetClient(context))
        ) { [live, client = context.client, logger = context.logger] connection in
            live.metrics.connections.add(1)
            let close = await CallReading(calls: live.calls, id: id, pingInterval: start.session.pingInterval)
                .run(over: connection)
            live.metrics.connections.add(-1)
            var facts: Logger.Metadata = ["call.id": "\(id)"]
            if let code = close?.code { facts["close"] = .stringConvertible(Int(code)) }
            facts.add(client)
            logger.debug("reading of a call ended", metadata: facts)
        }
    }
}

/// Sends a call to one reader. It ends with the call, with the client, and when no call begins in time.
struct CallReading: Sendable {
    /// What one of the tasks finds.
    private struct Outcome {
        var isOver = false
        var close: WebSocketClose?

        static let undecided = Outcome()
        static func ended(_ close: WebSocketClose?) -> Outcome { Outcome(isOver: true, close: close) }
    }

    let calls: Calls
    let id: CallID
    let pingInterval: Duration

    /// Returns the close frame that was sent.
    func run(over transport: some LiveTransport) async -> WebSocketClose? {
        guard let reader = calls.read(id) else {
            await transport.close(.tryAgainLater)
            return .tryAgainLater
        }
        defer { calls.leave(reader) }
        let close = await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await send(to: transport, as: reader) }
            group.addTask { await Self.hear(transport) }
            group.addTask { await waitForCall() }
            group.addTask { await waitForShutdown() }
            group.addTask { await ping(transport) }
            defer { group.cancelAll() }
            for await outcome in group where outcome.isOver { return outcome.close }
            return nil
        }
        await transport.close(close)
        return close
    }

    private func send(to transport: some LiveTransport, as reader: Calls.Reader) async -> Outcome {
        var reader = reader
        for await _ in reader.wakeUps {
            let news = calls.news(for: &reader)
            for message in news.messages {
                guard await transport.send(.text(message)) else { return .ended(nil) }
            }
            if news.state == .over { return .ended(WebSocketClose(.normal, "")) }
        }
        return .undecided
    }

    /// What the client says does not matter, but for its end.
    private static func hear(_ transport: some LiveTransport) async -> Outcome {
        var reader = transport.makeReader()
        do throws(WebSocketClose) {
            while let inbound = try await reader.next() {
                let outcome = outcome(of: inbound)
                if outcome.isOver { return outcome }
            }
            return Task.isCancelled ? .undecided : .ended(nil)
        } catch {
            return .ended(error)
        }
    }

    private static func outcome(of inbound: LiveInbound) -> Outcome {
        switch inbound {
        case .message, .activity: .undecided
        case .close(let code): .ended(WebSocketClose(echoing: code))
        }
    }

    private func waitForCall() async -> Outcome {
        try? await calls.clock.sleep(calls.clock.now() + calls.limits.beginWait)
        if Task.isCancelled || calls.knows(id) { return .undecided }
        return .ended(WebSocketClose(.policyViolation, "no such call"))
    }

    /// A call that goes on gets its end from its session.
    private func waitForShutdown() async -> Outcome {
        try? await gracefulShutdown()
        return Task.isCancelled || calls.knows(id) ? .undecided : .ended(.serverShutdown)
    }

    private func ping(_ transport: some LiveTransport) async -> Outcome {
        while !Task.isCancelled {
            try? await calls.clock.sleep(calls.clock.now() + pingInterval)
            _ = transport.ping()
        }
        return .undecided
    }
}

extension HTTPFailure {
    static let invalidCallID = HTTPFailure(
        .badRequest, code: "invalid_call_id",
        "The identifier of a call has 1 to \(CallID.lengthLimit) letters, digits, hyphens, points or underscores")
}

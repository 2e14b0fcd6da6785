import Hummingbird

/// The routes on which telephone switches open WebSockets.
struct TelephonyRoutes: Sendable {
    let live: LiveService

    func add(_ wire: TelephonyProtocol, to routes: inout RouteTable<RequestChain.Endpoint>) {
        let live = live
        switch wire {
        case .asterisk:
            let live = LiveRoute(service: live, subprotocols: ["media"]) { request, _, _ in
                AsteriskProtocol(call: try QueryFields(request.uri.query).callID())
            }
            add(wire, live, to: &routes)
        }
    }

    private func add<Wire: LiveProtocol>(
        _ wire: TelephonyProtocol, _ live: LiveRoute<Wire>, to routes: inout RouteTable<RequestChain.Endpoint>
    ) {
        var route = Route(wire.path, metricLabel: wire.path, handlesHead: false)
        route.takesPasswords = true
        routes.add(route, .get) { try await live.answer($0, $1) }
    }
}

extension QueryFields {
    /// `call_id`: the identifier of the call. Throws `invalid_call_id`.
    func callID() throws(HTTPFailure) -> CallID? {
        guard let text = self["call_id"] else { return nil }
        guard let id = CallID(text) else { throw .invalidCallID }
        return id
    }
}

import GigaSTT
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
        case .freeswitch:
            let names = ["audio.drachtio.org", "audio.jambonz.org"]
            let live = LiveRoute(service: live, subprotocols: names) { request, _, _ in
                ForkProtocol(try ForkSettings(request.uri.query))
            }
            add(wire, live, to: &routes)
        case .jambonz:
            let live = LiveRoute(service: live) { request, _, _ in
                try JambonzProtocol(QueryFields(request.uri.query))
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
    /// `sample_rate`: that of PCM16 of one channel. Throws `invalid_query` and `invalid_sample_rate`.
    func linearFormat() throws(HTTPFailure) -> PCMFormat? {
        guard let rate = try number("sample_rate") else { return nil }
        guard let encoding = try? HeaderlessEncoding(codec: .slin, sampleRate: rate),
            let format = try? PCMFormat.headerless(encoding)
        else { throw .invalidSampleRate }
        return format
    }

    /// `call_id`: the identifier of the call. Throws `invalid_call_id`.
    func callID() throws(HTTPFailure) -> CallID? {
        guard let text = try self["call_id"] else { return nil }
        guard let id = CallID(text) else { throw .invalidCallID }
        return id
    }
}

extension HTTPFailure {
    static let invalidSampleRate = HTTPFailure(
        .badRequest, code: "invalid_sample_rate", "sample_rate must be 8000 to 192000")
}

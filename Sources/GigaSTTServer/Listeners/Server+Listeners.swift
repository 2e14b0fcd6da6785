import Hummingbird
import HummingbirdCore
import NIOCore
import NIOPosix
import ServiceLifecycle

extension Server {
    /// The main port.
    static func application(_ inForce: CurrentSettings, _ chain: RequestChain) -> some Service {
        let settings = inForce.current
        let address = BindAddress.hostname(BindPolicy.literal(settings.host), port: settings.port)
        return application(inForce, chain, at: address) { [life = chain.life] in life.didBind(port: $0) }
    }

    /// The protocols that have a port of their own.
    static func protocolListeners(
        _ inForce: CurrentSettings, _ chain: RequestChain, _ live: LiveService
    ) -> [any Service] {
        ProtocolPort.allCases.compactMap { port in
            guard let address = inForce.current.listeners[port] else { return nil }
            let onBind: @Sendable (Int) -> Void = { [life = chain.life] number in
                life.didBind(port, at: address.onPort(number) ?? address)
            }
            let place = BindAddress.hostname(address.host, port: address.port)
            let server: any Service =
                switch port {
                case .vosk:
                    application(
                        inForce, .vosk(chain, inForce.current, boundTo: address.host, live), at: place, onBind: onBind)
                case .wyoming:
                    byteStream(
                        inForce, chain, live, at: place, onBind: onBind, makeWire: { WyomingProtocol(.init($0)) },
                        refusal: { .error($0.message, code: $0.code) })
                case .audiosocket:
                    byteStream(
                        inForce, chain, live, at: place, onBind: onBind, makeWire: { _ in AudioSocketProtocol() },
                        refusal: { .hangUp(code: $0.code) })
                }
            return ProtocolListener(port: port, address: address, server: server)
        }
    }

    /// A port that speaks HTTP/1.1.
    private static func application(
        _ inForce: CurrentSettings, _ chain: RequestChain, at address: BindAddress,
        onBind: @escaping @Sendable (Int) -> Void
    ) -> some Service {
        Application(
            responder: chain, server: .http1(inForce, chain),
            configuration: ApplicationConfiguration(
                address: address, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(inForce.current.connectionLimitOfPort)),
            onServerRunning: { await didStart($0, onBind) },
            logger: quiet(chain.logger))
    }

    /// A port that speaks a protocol without HTTP.
    private static func byteStream<Wire: LiveProtocol>(
        _ inForce: CurrentSettings, _ chain: RequestChain, _ live: LiveService, at address: BindAddress,
        onBind: @escaping @Sendable (Int) -> Void, makeWire: @escaping @Sendable (LiveStart) -> Wire,
        refusal: @escaping @Sendable (HTTPFailure) -> Wire.Reply
    ) -> any Service {
        let port = ByteStreamPort(
            service: live, access: chain.access, logger: chain.logger, makeWire: makeWire, refusal: refusal)
        return port.server(
            configuration: ServerConfiguration(
                address: address, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(inForce.current.connectionLimitOfPort)),
            onServerRunning: { await didStart($0, onBind) }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: quiet(chain.logger))
    }

    /// A socket accepts connections.
    static func didStart(_ channel: any Channel, _ onBind: @Sendable (Int) -> Void) async {
        // Without this a failure to accept, such as too many open files, would end the server.
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(
                AcceptBackoffHandler(shouldForwardIOErrorCaught: false), position: .first)
        }.get()
        if let port = channel.localAddress?.port { onBind(port) }
    }
}

extension ServerSettings {
    /// Connections of the main port and of each protocol's own: together the limit.
    var connectionLimitOfPort: Int { max(1, connectionLimit / (1 + listeners.count)) }

    /// Whether a protocol is served that carries calls.
    var servesCalls: Bool { listeners[.audiosocket] != nil || !telephony.isEmpty }
}

extension RequestChain {
    /// The chain of a port on which every path is one live protocol without a place for a key.
    private static func live<Wire: LiveProtocol>(
        _ main: RequestChain, _ settings: ServerSettings, boundTo host: String, _ live: LiveRoute<Wire>
    ) -> RequestChain {
        var route = Route("", handlesOptions: false, handlesHead: false)
        route.isKeyless = true
        var routes = RouteTable<Endpoint> { [route] _ in route }
        routes.addEverywhere(route, .get) { try await live.answer($0, $1) }
        return RequestChain(
            routes: routes, hosts: HostPolicy(settings, boundTo: host), origins: settings.allOrigins,
            access: main.access, life: main.life, metrics: main.metrics, logger: main.logger)
    }

    /// The chain of `--vosk`.
    static func vosk(
        _ main: RequestChain, _ settings: ServerSettings, boundTo host: String, _ service: LiveService
    ) -> RequestChain {
        let route = LiveRoute(service: service) { _, _, _ in
            VoskProtocol()
        }
        return live(main, settings, boundTo: host, route)
    }
}

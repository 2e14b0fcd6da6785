import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The port of the metrics. It opens with the server's own and closes after it, so that a drain can be watched.
struct MetricsListener: Service {
    /// Scrapers are few; others wait in the system's queue.
    static let connectionLimit = 64
    /// How long a scraper's connection may be idle: some scrape once a minute and keep theirs.
    private static let idleTimeout = Duration.seconds(90)

    let address: ListenAddress
    let chain: RequestChain
    let settings: CurrentSettings
    let logger: Logger

    func run() async throws {
        do {
            try await application.run()
        } catch {
            throw ServerError.listeningFailure(error).map(failure) ?? error
        }
    }

    private var application: some ApplicationProtocol {
        Application(
            responder: chain, server: .http1(settings, chain, idleTimeout: Self.idleTimeout),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { chain.life.didBind(metricsPort: port) }
            },
            logger: logger)
    }

    private func failure(_ reason: String) -> ServerError {
        ServerError(
            .addressUnusable,
            "Failed to bind metrics listener on \(address): \(reason). "
                + "Choose another address with --metrics-listen, or end the program that uses it.")
    }
}

extension RequestChain {
    /// The chain of the metrics port: the main port's middleware, and `GET /metrics` as its only route.
    static func metrics(_ main: RequestChain, _ settings: ServerSettings, boundTo host: String) -> RequestChain {
        var routes = RouteTable<Endpoint> { Route($0, role: nil, requiresModel: false) }
        // Not rate-limited: scrapes come often, from machines that may be clients too. Wrong keys are.
        let route = Route(
            "/metrics", role: settings.metricsWithoutKey ? nil : .metrics, metricLabel: "/metrics",
            requiresModel: false, isRateLimited: false, handlesOptions: false, isRoutine: true)
        routes.add(route, .get) { [metrics = main.metrics] _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusText.contentType],
                body: ResponseBody(
                    byteBuffer: ByteBuffer(string: PrometheusText.render(metrics.registry.families))))
        }
        return RequestChain(
            routes: routes, hosts: HostPolicy(settings, boundTo: host), origins: settings.allOrigins,
            access: main.access, revealsRoles: false, countsRequests: false, life: main.life, metrics: main.metrics,
            logger: main.logger)
    }
}

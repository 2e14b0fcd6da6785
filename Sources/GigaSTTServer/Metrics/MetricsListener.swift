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
    /// How long a scraper's connection may be silent: some scrape once a minute and keep theirs.
    private static let idleTimeout = TimeAmount.seconds(90)

    let address: ListenAddress
    let responder: MetricsResponder
    let logger: Logger
    /// Called once with the port when it is open.
    let onListening: @Sendable (Int) -> Void

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw failure(error.localizedReason)
        } catch let error as SocketAddressError {
            throw failure("\(error)")
        }
    }

    private var application: some ApplicationProtocol {
        Application(
            responder: responder, server: .http1(configuration: .init(idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { onListening(port) }
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

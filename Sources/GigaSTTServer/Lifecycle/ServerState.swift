import GigaSTT
import ServiceLifecycle
import Synchronization

/// Where a server is in its life: starting → serving → draining. Shared by the routes, read for every request.
final class ServerState: Service {
    private struct State {
        var recognizer: Recognizer?
        var port: Int?
        var metricsPort: Int?
        var listeners: [ProtocolPort: ListenAddress] = [:]
        var isDraining = false
    }

    private let state = Mutex(State())
    private let onListening: @Sendable (Int) -> Void
    private let onReady: @Sendable (ServerAddress) -> Void
    private let host: String
    private let scheme: String
    private let hasMetrics: Bool
    private let listenerCount: Int
    private let notifier: ServiceNotifier?

    init(
        _ settings: ServerSettings, notifier: ServiceNotifier?, onListening: @escaping @Sendable (Int) -> Void,
        onReady: @escaping @Sendable (ServerAddress) -> Void
    ) {
        (host, scheme) = (settings.host, settings.scheme)
        hasMetrics = settings.metrics != nil
        listenerCount = settings.listeners.count
        self.notifier = notifier
        self.onListening = onListening
        self.onReady = onReady
    }

    /// Whether no model is loaded yet.
    var isStarting: Bool { state.withLock { $0.recognizer == nil } }
    /// Whether no new work is taken.
    var isDraining: Bool { state.withLock { $0.isDraining } }
    /// The model; `nil` while the server starts.
    var recognizer: Recognizer? { state.withLock { $0.recognizer } }

    /// The socket is open.
    func didBind(port: Int) {
        onListening(port)
        advance { $0.port = port }
    }

    /// The socket of the metrics is open.
    func didBind(metricsPort: Int) { advance { $0.metricsPort = metricsPort } }

    /// The socket of a protocol with a port of its own is open.
    func didBind(_ port: ProtocolPort, at address: ListenAddress) { advance { $0.listeners[port] = address } }

    /// The model is loaded.
    func didLoad(_ recognizer: Recognizer) { advance { $0.recognizer = recognizer } }

    /// Lets another model serve from now on, and returns the one that did; `nil`, and no change, when the server drains.
    func replace(by recognizer: Recognizer) -> Recognizer? {
        state.withLock { state in
            guard !state.isDraining, let old = state.recognizer else { return nil }
            state.recognizer = recognizer
            return old
        }
    }

    private func advance(_ change: (inout State) -> Void) {
        let address: ServerAddress? = state.withLock { state in
            change(&state)
            guard let port = state.port, let recognizer = state.recognizer,
                !hasMetrics || state.metricsPort != nil, state.listeners.count == listenerCount
            else { return nil }
            return ServerAddress(
                scheme: scheme, host: host, port: port, model: recognizer.modelIdentifier,
                metricsPort: state.metricsPort, listeners: state.listeners)
        }
        guard let address else { return }
        if !isDraining { notifier?.ready() }
        onReady(address)
    }

    /// The first service to learn that the server stops.
    func run() async throws {
        try? await gracefulShutdown()
        state.withLock { $0.isDraining = true }
        notifier?.stopping()
    }
}

/// Where a server that is ready can be reached.
public struct ServerAddress: Sendable, Hashable {
    /// `http`, or `https` with a certificate.
    public let scheme: String
    /// The address that it listens on.
    public let host: String
    /// The real port, also when 0 was asked for.
    public let port: Int
    /// The name of the model that is served.
    public let model: String
    /// The real port of the metrics; `nil` without them.
    public let metricsPort: Int?
    /// The real addresses of the protocols that have a port of their own.
    public let listeners: [ProtocolPort: ListenAddress]
}

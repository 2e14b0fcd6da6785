import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A request on its way through the middleware to its route.
struct ServerRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection.
    let channel: any Channel
    /// When the head of the request had been read.
    let start = ContinuousClock.now
    /// Sent back as `x-request-id`, logged as `request_id`.
    var id = ""
    /// The trace that the request belongs to.
    var trace: TraceParent?
    /// Who sent the request.
    var client: RequestClient
    /// The row of the route table for the path.
    var route = Route.unlisted("")
    /// Values of the parameters in the route's path, percent-decoded.
    var pathParameters: [String: String] = [:]
    /// What inner layers learn and the access log writes.
    let outcome = RequestOutcome()

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        client = RequestClient(peer: source.channel.remoteAddress)
    }

    /// How long ago the request came.
    var elapsed: Duration { start.duration(to: .now) }
}

/// Facts about a request that inner layers learn and outer layers need. Copies of a context share one.
final class RequestOutcome: Sendable {
    private struct State {
        var keyName: String?
        var isAdmin = false
        var failureCode: String?
    }

    private let state = Mutex(State())

    /// The name of the API key that the request was admitted with.
    var keyName: String? {
        get { state.withLock { $0.keyName } }
        set { state.withLock { $0.keyName = newValue } }
    }

    /// Whether that key has the role of an administrator.
    var isAdmin: Bool {
        get { state.withLock { $0.isAdmin } }
        set { state.withLock { $0.isAdmin = newValue } }
    }

    /// The code of the failure that was sent.
    var failureCode: String? {
        get { state.withLock { $0.failureCode } }
        set { state.withLock { $0.failureCode = newValue } }
    }
}

/// Who sent a request.
struct RequestClient: Sendable {
    /// The address at the other end of the connection.
    let peer: String?
    /// The client's own address, from a trusted proxy; `nil` when the peer is the client.
    private(set) var forwarded: String?
    /// Which requests share a rate limit.
    let address: ClientAddress
    /// The client's own address; `nil` for a socket that has none.
    let internetAddress: InternetAddress?

    /// The sender of a request without a trusted proxy.
    init(peer: SocketAddress?) { self.init(peer: peer, [:], trustsProxy: false) }

    /// The sender of a request. Header fields count only from a trusted proxy on loopback or a private network.
    init(peer socket: SocketAddress?, _ fields: HTTPFields, trustsProxy: Bool) {
        peer = socket?.ipAddress
        guard let address = socket.flatMap({ InternetAddress($0) }) else {
            self.address = .unknown
            internetAddress = nil
            return
        }
        let forwarded = trustsProxy && address.isLoopbackOrPrivate ? InternetAddress(forwardedBy: fields) : nil
        self.forwarded = forwarded?.description
        self.address = (forwarded ?? address).client
        internetAddress = forwarded ?? address
    }
}

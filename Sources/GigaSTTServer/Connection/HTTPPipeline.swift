import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// The channel handlers of one connection, in order, from the socket to the responder.
///
///     socket
///       ↕  PlainHTTPOnTLSHandler          with a certificate only; removed by the first byte of TLS
///       ↕  NIOSSLServerHandler            with a certificate only
///       ↕  TLSHandshakeTimeoutHandler     with a certificate only; removed after the handshake
///       ↓  HalfCloseHandler               end of the client's data: the end of HTTP, not of a WebSocket
///       ↓  RequestLineHandler             percent-encodes what is not ASCII in request lines
///       ↕  HTTPResponseEncoder, HTTPRequestDecoder     bytes ↔ parts of HTTP/1.1
///       ↕  BodySizeLimitHandler           closes on a body far beyond the limit
///       ↕  ConnectionCloseHandler         `Connection: close` in one spelling, `Host`, HTTP/1.0
///       ↕  RefusedRequestHandler          the answer to what is no HTTP
///       ↕  ExpectContinueHandler          100 Continue
///       ↕  WebSocketUpgradeHandler        on an upgrade replaces the seven above by a WebSocket codec
///       ↕  HTTP1ToHTTPServerCodec, HTTPConnectionStateHandler     Hummingbird's
///     NIOAsyncChannel → responder
///
/// The upgrade is the decision of an ordinary route, whose response body is the session.
struct HTTPPipeline: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    private let inForce: CurrentSettings
    private let identity: TLSIdentity?
    private let logger: Logger
    private let metrics: ServerMetrics
    private let idleTimeout: Duration?

    init(
        responder: @escaping HTTPChannelHandler.Responder, settings: CurrentSettings, identity: TLSIdentity?,
        logger: Logger, metrics: ServerMetrics, idleTimeout: Duration?
    ) {
        (self.identity, self.logger, self.metrics, self.idleTimeout) = (identity, logger, metrics, idleTimeout)
        // The HTTP decoder reads nothing more after a request that asks for an upgrade, granted or not (`Upgrade:
        // h2c` of Java's client included): the connection ends with such a response.
        self.responder = { request, writer, channel in
            let asksForUpgrade = request.head.asksForUpgrade
            try await responder(request, writer, channel)
            if asksForUpgrade { throw CloseConnection() }
        }
        inForce = settings
    }

    func setup(channel: any Channel, logger quietLogger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // For WebSockets; HalfCloseHandler closes the connection of an HTTP client that closes its side.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            let settings = inForce.current
            let pipeline = channel.pipeline.syncOperations
            if let identity {
                try pipeline.addHandlers([
                    PlainHTTPOnTLSHandler(), NIOSSLServerHandler(context: identity.context),
                    TLSHandshakeTimeoutHandler(settings.handshakeTimeout),
                ])
            }
            let encoder = HTTPResponseEncoder()
            // forwardBytes: what the client sends right behind its request is not lost in the upgrade.
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: Self.decoderLimits))
            let halfClose = HalfCloseHandler()
            let bodyLimit = BodySizeLimitHandler(settings: inForce)
            let requestLine = RequestLineHandler()
            let connectionClose = ConnectionCloseHandler(halfClose: halfClose, requestLine: requestLine)
            let refused = RefusedRequestHandler(logger: logger, metrics: metrics)
            let expectContinue = ExpectContinueHandler(settings: inForce)
            let upgrade = WebSocketUpgradeHandler(
                http: [requestLine, bodyLimit, connectionClose, refused, expectContinue, encoder, decoder],
                halfClose: halfClose, writeTimeout: settings.session.writeTimeout)
            try pipeline.addHandlers([
                halfClose, requestLine, encoder, decoder, bodyLimit, connectionClose, refused, expectContinue, upgrade,
            ])
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: identity != nil))
            let idleTimeout = idleTimeout ?? settings.idleConnectionTimeout
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: quietLogger))
            let messages = try Value(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            // A port that stops drops the connections that it was about to pass on, and NIO ends the process when one is
            // released before it is closed.
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(messages) {} }
            return messages
        }
    }

    /// Hummingbird's bound on the size of all fields together, NIO's on their number.
    private static var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = 80 * 1_024
        return limits
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}

/// Thrown to make Hummingbird close a connection after a response.
struct CloseConnection: Error {}

extension HTTPRequest {
    /// Whether `Connection` names `upgrade` among others.
    var asksForUpgrade: Bool {
        headerFields[values: .connection].contains { value in
            value.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }.contains("upgrade")
        }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 with WebSocket upgrades; encrypted if there is a certificate.
    static func http1(
        _ settings: CurrentSettings, _ chain: RequestChain, idleTimeout: Duration? = nil
    ) -> HTTPServerBuilder {
        .init {
            HTTPPipeline(
                responder: $0, settings: settings, identity: chain.access.identity, logger: chain.logger,
                metrics: chain.metrics, idleTimeout: idleTimeout)
        }
    }
}

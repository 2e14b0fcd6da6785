import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// Hummingbird's HTTP/1.1 channel plus one handler, `ProtocolSwitch`, through which a route can turn the connection
/// into a WebSocket. That decision is an ordinary route's. With a certificate all of it is inside TLS.
struct WebSocketUpgradeChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    private let inForce: SettingsInForce
    private let identity: TLSIdentity?

    init(responder: @escaping HTTPChannelHandler.Responder, settings: SettingsInForce, identity: TLSIdentity?) {
        // The HTTP decoder reads nothing more after a request that asks for an upgrade, granted or not (`Upgrade:
        // h2c` of Java's client included): the connection ends with such a response.
        self.responder = { request, writer, channel in
            let asksForUpgrade = request.head.asksForUpgrade
            try await responder(request, writer, channel)
            if asksForUpgrade { throw ConnectionFinished() }
        }
        inForce = settings
        self.identity = identity
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // A client that closes its side has left; nobody else would notice while its request is being worked on.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
            let settings = inForce.current
            let pipeline = channel.pipeline.syncOperations
            if let identity {
                try pipeline.addHandlers([
                    PlainTextRefusal(), NIOSSLServerHandler(context: identity.context),
                    HandshakeDeadline(settings.handshakeTimeout),
                ])
            }
            let encoder = HTTPResponseEncoder()
            // forwardBytes: what the client sends right behind its request is not lost in the switch.
            let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
            let signal = ContinueSignal(settings: inForce)
            let (bound, last) = (BodyBound(settings: inForce), LastRequest())
            let protocolSwitch = ProtocolSwitch(
                http: [bound, last, signal, encoder, decoder], writeTimeout: settings.session.writeTimeout)
            try pipeline.addHandlers([encoder, decoder, bound, last, signal, protocolSwitch])
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: identity != nil))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: settings.keepAlive, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}

/// Thrown to make Hummingbird close a connection after a response.
struct ConnectionFinished: Error {}

extension HTTPRequest {
    /// Whether `Connection` names `upgrade` among others.
    var asksForUpgrade: Bool {
        headerFields[values: .connection].contains { value in
            value.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }.contains("upgrade")
        }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 whose routes may turn a connection into a WebSocket; encrypted if there is a certificate.
    static func http1WithWebSocket(_ settings: SettingsInForce, _ identity: TLSIdentity?) -> HTTPServerBuilder {
        .init { WebSocketUpgradeChannel(responder: $0, settings: settings, identity: identity) }
    }
}

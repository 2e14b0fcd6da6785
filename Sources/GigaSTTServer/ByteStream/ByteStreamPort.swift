import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// A port on which every connection is one session of a live protocol without HTTP. The protocol has no place for a key.
struct ByteStreamPort<Wire: LiveProtocol>: ServerChildChannel {
    let service: LiveService
    let access: AccessControl
    let logger: Logger
    /// Makes the machine of a session.
    let makeWire: @Sendable (LiveStart) -> Wire
    /// What a client gets that is not admitted.
    let refusal: @Sendable (HTTPFailure) -> Wire.Reply

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let handler: NIOLoopBound<ByteStreamHandler>
        fileprivate let elements: ByteStreamHandler.Elements
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // A client may close its side and still wait for its text.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            let (handler, elements) = try ByteStreamHandler.add(
                to: channel, writeTimeout: service.inForce.current.session.writeTimeout)
            return Value(channel: channel, handler: handler, elements: elements)
        }
    }

    func handle(value: Value, logger _: Logger) async {
        let client = RequestClient(peer: value.channel.remoteAddress)
        let connection = ByteStreamConnection(
            channel: value.channel, handler: value.handler, elements: value.elements,
            closeTimeout: service.inForce.current.session.closeTimeout)
        do {
            let start = try admit(client)
            await service.run(makeWire(start), over: connection, from: start, for: client, logger: logger)
        } catch {
            service.metrics.failed(code: error.code)
            var facts: Logger.Metadata = ["protocol": "\(Wire.name)", "code": "\(error.code)"]
            facts.add(client)
            logger.notice("connection rejected", metadata: facts)
            _ = await connection.send(refusal(error).message)
            await connection.close(.tryAgainLater)
        }
    }

    private func admit(_ client: RequestClient) throws(HTTPFailure) -> LiveStart {
        try access.limiter.consume(for: client.address)
        guard access.authenticator.isOpen || access.keyless.admits(client.internetAddress, isForwarded: false) else {
            throw .keyless
        }
        return try service.start()
    }
}

extension HTTPFailure {
    /// The protocol has no place for the key that the server asks for.
    fileprivate static let keyless = HTTPFailure(
        .unauthorized, code: "unauthorized",
        "This server needs an API key, for which the protocol has no place. Its operator can admit the address of this "
            + "client with --allow-keyless")
}

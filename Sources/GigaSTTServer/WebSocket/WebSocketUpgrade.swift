import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Turns a request into a WebSocket from inside a route.
enum WebSocketUpgrade {
    /// Checks the opening handshake (RFC 6455 section 4.2.1) and returns its accept key.
    ///
    /// Throws the answer for a request that is none.
    static func acceptKey(_ request: HTTPRequest) throws(HTTPFailure) -> String {
        let fields = request.headerFields
        // ConnectionCloseHandler leaves this of a handshake in HTTP/1.0.
        let isOld = fields[.connection] == "close" && fields[.upgrade] != nil
        guard request.asksForUpgrade || isOld else { throw refusal("Connection header did not include 'upgrade'") }
        guard fields[.upgrade]?.lowercased() == "websocket" else {
            throw refusal("`Upgrade` header did not include 'websocket'")
        }
        guard fields[.secWebSocketVersion] == "13" else {
            var failure = refusal("`Sec-WebSocket-Version` header did not include '13'")
            failure.fields[.secWebSocketVersion] = "13"
            throw failure
        }
        guard let key = fields[.secWebSocketKey] else { throw refusal("`Sec-WebSocket-Key` header missing") }
        guard Data(base64Encoded: key)?.count == 16 else {
            throw refusal("`Sec-WebSocket-Key` header is not 16 bytes in base64")
        }
        if isOld { throw upgradeImpossible }
        let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Data(Insecure.SHA1.hash(data: Data((key + magic).utf8))).base64EncodedString()
    }

    /// The subprotocol of `/v1/ws`; clients need not offer it.
    static let spokenProtocol = "gigastt.v1"
    /// Prefix of offered subprotocols that carry an API key: never selected, never repeated.
    static let keyProtocolPrefix = "gigastt.key."
    /// The same of OpenAI's browser clients.
    static let openAIKeyPrefix = "openai-insecure-api-key."

    /// Prefix of offered subprotocols that name a session to resume and the last message that the client has, with a point
    /// between: the only place, beside the query, where a page can put them, and one that proxies do not log.
    static let resumeProtocolPrefix = "gigastt.resume."

    /// The subprotocols that a client offers.
    static func offeredProtocols(_ fields: HTTPFields) -> [String] {
        fields[values: .secWebSocketProtocol].flatMap { value in
            value.split { $0 == "," || $0 == " " || $0 == "\t" }.map { String($0) }
        }
    }

    /// The 101 response; its body is the whole WebSocket session.
    static func response(
        acceptKey: String, subprotocol: String?, on channel: any Channel, settings: SessionSettings,
        bytes: InboundBytes,
        session: @escaping @Sendable (WebSocketConnection) async -> Void
    ) -> Response {
        var fields: HTTPFields = [.upgrade: "websocket", .connection: "Upgrade", .secWebSocketAccept: acceptKey]
        if let subprotocol { fields[.secWebSocketProtocol] = subprotocol }
        return Response(
            status: .switchingProtocols, headers: fields,
            body: ResponseBody { _ in  // called when the head has been sent
                let connection = try await channel.eventLoop.submit {
                    let handler = try channel.pipeline.syncOperations.handler(type: WebSocketUpgradeHandler.self)
                    let frames = try handler.switchToWebSocket(
                        frameByteLimit: settings.messageByteLimit, bytes: bytes)
                    return WebSocketConnection(
                        channel, NIOLoopBound(handler, eventLoop: channel.eventLoop), frames, settings: settings,
                        bytes: bytes)
                }.get()
                await session(connection)
                throw CloseConnection()  // no HTTP after this
            })
    }

    /// To a handshake in HTTP/1.0 (gigastt contract; RFC 9110 section 15.5.22 asks for the field).
    private static var upgradeImpossible: HTTPFailure {
        var failure = HTTPFailure(
            .upgradeRequired, code: "upgrade_required",
            "WebSocket request couldn't be upgraded since no upgrade state was present")
        failure.fields[.upgrade] = "websocket"
        return failure
    }

    private static func refusal(_ message: String) -> HTTPFailure {
        HTTPFailure(.badRequest, code: "invalid_upgrade", message)
    }
}

/// A close frame: a code of RFC 6455 section 7.4 and a reason of at most 123 bytes.
struct WebSocketClose: Error, Sendable, Hashable {
    /// The codes that this server sends.
    enum Code: UInt16, Sendable {
        case normal = 1000
        case goingAway = 1001
        case protocolError = 1002
        case invalidText = 1007
        case policyViolation = 1008
        case tooBig = 1009
        case internalError = 1011
        case tryAgainLater = 1013
    }

    /// The number on the wire; `nil` stands for a close frame without content.
    let code: UInt16?
    let reason: String

    init(_ code: Code, _ reason: String) {
        self.code = code.rawValue
        self.reason = reason
    }

    /// The reply to a client's close frame: its code.
    init(echoing code: UInt16?) {
        self.code = code
        reason = ""
    }

    static let tryAgainLater = WebSocketClose(.tryAgainLater, "try again later")
    static let callInUse = WebSocketClose(.policyViolation, "call in use")
    static let resumedElsewhere = WebSocketClose(.policyViolation, "resumed elsewhere")
    static let resumeRefused = WebSocketClose(.policyViolation, "resume refused")
    static let serverShutdown = WebSocketClose(.goingAway, "server shutdown")

    /// The payload of the frame.
    var payload: [UInt8] {
        guard let code else { return [] }
        return [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8.prefix(123))
    }

    /// Reads a client's close frame.
    ///
    /// Throws a protocol error for a code that may not be sent or a reason that is not UTF-8.
    static func read(_ payload: some Collection<UInt8>) throws(WebSocketClose) -> UInt16? {
        if payload.isEmpty { return nil }
        let head = payload.prefix(2).map { UInt16($0) }
        guard head.count == 2, String(validating: payload.dropFirst(2), as: UTF8.self) != nil else {
            throw WebSocketClose(.protocolError, "malformed close frame")
        }
        let code = head[0] << 8 | head[1]
        // 1004 to 1006 and 1015 are reserved; 1012 to 1014 are in the registry of RFC 6455.
        guard (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code) else {
            throw WebSocketClose(.protocolError, "invalid close code")
        }
        return code
    }
}

import Foundation
import HTTPTypes

/// The keys that a request shows.
///
/// `Authorization: Bearer KEY`, `X-API-Key: KEY`, and for browsers, which let a page choose nothing else of a
/// WebSocket's opening, the subprotocol `gigastt.key.KEY`, where the key may be written in base64url.
struct PresentedKeys: Sendable, Hashable {
    /// Most keys looked at: one for each of the ways, and one more.
    static let countLimit = 4

    /// One for each key: the ways in which it may be meant.
    let spellings: [[String]]

    init(_ fields: HTTPFields) {
        let bearers = fields[values: .authorization].compactMap(Self.bearer)
        let named = fields[values: .apiKey].map { [$0] }
        let offered = WebSocketUpgrade.offeredProtocols(fields).compactMap(Self.subprotocol)
        spellings = bearers + named + offered
    }

    /// Whose keys they are: all must be the same one's, since nobody can say which was meant.
    func holder(in keys: APIKeys) -> APIKeys.Holder? {
        guard let first = spellings.first, spellings.count <= Self.countLimit else { return nil }
        let holder = Self.holder(first, keys)
        return spellings.dropFirst().allSatisfy { Self.holder($0, keys) == holder } ? holder : nil
    }

    private static func holder(_ spellings: [String], _ keys: APIKeys) -> APIKeys.Holder? {
        spellings.lazy.compactMap { keys.holder(of: $0) }.first
    }

    /// `nil` for another scheme: that one is a proxy's business.
    private static func bearer(_ value: String) -> [String]? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else { return nil }
        return [parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""]
    }

    private static func subprotocol(_ name: String) -> [String]? {
        guard name.hasPrefix(WebSocketUpgrade.keyProtocolPrefix) else { return nil }
        let text = String(name.dropFirst(WebSocketUpgrade.keyProtocolPrefix.count))
        return [text] + (base64URL(text).map { [$0] } ?? [])
    }

    /// RFC 4648 section 5, with or without the padding.
    private static func base64URL(_ text: String) -> String? {
        guard text.utf8.count <= 2 * APIKeys.keyByteLimit else { return nil }
        let plain = text.replacing("-", with: "+").replacing("_", with: "/").replacing("=", with: "")
        let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain + padding).map { String(decoding: $0, as: UTF8.self) }
    }
}

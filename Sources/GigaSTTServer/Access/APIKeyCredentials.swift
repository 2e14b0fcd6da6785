import Foundation
import HTTPTypes

/// The API keys that a request carries.
///
/// `Authorization: Bearer KEY` or, for Deepgram's clients, `Token KEY`; `X-API-Key: KEY`; and for browsers, where a page
/// controls nothing else of a WebSocket handshake, subprotocols: `gigastt.key.KEY`, where the key may be written in
/// base64url, OpenAI's `openai-insecure-api-key.KEY`, and Deepgram's pair `token, KEY` or `bearer, KEY`.
/// Telephone switches have a password instead: `Authorization: Basic`, which is for a proxy where another key is sent.
struct APIKeyCredentials: Sendable, Hashable {
    /// Most keys examined: one for each way to send it, and one more.
    static let countLimit = 4

    /// For each key its possible readings.
    let candidates: [[String]]

    init(_ fields: HTTPFields, takingPasswords: Bool = false) {
        let bearers = fields[values: .authorization].compactMap(Self.bearer)
        let named = fields[values: .apiKey].map { [$0] }
        let offered = WebSocketUpgrade.offeredProtocols(fields)
        let pairs = zip(offered, offered.dropFirst()).filter { Self.schemes.contains($0.0.lowercased()) }.map { [$0.1] }
        let keys = bearers + named + offered.compactMap(Self.subprotocol) + pairs
        let isPassword = takingPasswords && keys.isEmpty
        candidates = isPassword ? fields[values: .authorization].compactMap(Self.password) : keys
    }

    /// The holder of all keys; `nil` when they have different holders, since it is not known which one is meant.
    func holder(in keys: APIKeys) -> APIKeys.Holder? {
        guard let first = candidates.first, candidates.count <= Self.countLimit else { return nil }
        let holder = Self.holder(first, keys)
        return candidates.dropFirst().allSatisfy { Self.holder($0, keys) == holder } ? holder : nil
    }

    private static func holder(_ candidates: [String], _ keys: APIKeys) -> APIKeys.Holder? {
        candidates.lazy.compactMap { keys.holder(of: $0) }.first
    }

    /// `nil` for another scheme, which is for a proxy.
    private static func bearer(_ value: String) -> [String]? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, schemes.contains(scheme.lowercased()) else { return nil }
        return [parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""]
    }

    /// The password of RFC 7617, under any name; `nil` for another scheme.
    private static func password(_ value: String) -> [String]? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", parts[1].utf8.count <= 2 * APIKeys.keyByteLimit,
            let data = Data(base64Encoded: parts[1].trimmingCharacters(in: .whitespaces)),
            let colon = data.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return [String(decoding: data[(colon + 1)...], as: UTF8.self)]
    }

    private static let schemes: Set = ["bearer", "token"]

    private static func subprotocol(_ name: String) -> [String]? {
        if name.hasPrefix(WebSocketUpgrade.openAIKeyPrefix) {
            return [String(name.dropFirst(WebSocketUpgrade.openAIKeyPrefix.count))]
        }
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

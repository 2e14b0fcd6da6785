import HTTPTypes
import Synchronization

/// Keys for browsers that end by themselves (`/v1/realtime/client_secrets`): each opens Realtime sessions, and nothing
/// else, until it expires.
final class EphemeralKeys: Sendable {
    /// What a key stands for.
    struct Entry: Sendable {
        /// The name of the API key that asked for it; `nil` on a server without keys.
        let holderName: String?
        /// Unix time in seconds.
        let expiry: Double
        /// How its sessions begin.
        let session: RealtimeSessionUpdate
    }

    /// Keys that have not expired.
    static let countLimit = 1_024
    /// Seconds for which a key may be asked for, and those without a wish (OpenAI's interface).
    static let lifetimes = 10...7_200
    static let defaultLifetime = 600

    static let prefix = "ek_"

    private let entries = Mutex<[KeyDigest: Entry]>([:])

    /// Makes a key; `nil` when there are too many.
    func mint(_ entry: Entry, now: Double = UnixTime.now) -> String? {
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let key = Self.prefix + secret.hexadecimal
        return entries.withLock { entries in
            if entries.count >= Self.countLimit { entries = entries.filter { $0.value.expiry > now } }
            guard entries.count < Self.countLimit else { return nil }
            entries[KeyDigest(of: key.utf8)] = entry
            return key
        }
    }

    /// What the only key of a request stands for; `nil` for another kind of key, an unknown and an expired one.
    func entry(in fields: HTTPFields, now: Double = UnixTime.now) -> Entry? {
        let keys = APIKeyCredentials(fields).candidates.flatMap(\.self).filter { $0.hasPrefix(Self.prefix) }
        guard let key = keys.first, keys.count == 1, APIKeys.isWellFormed(key.utf8) else { return nil }
        let digest = KeyDigest(of: key.utf8)
        return entries.withLock { entries in entries[digest].flatMap { $0.expiry > now ? $0 : nil } }
    }
}

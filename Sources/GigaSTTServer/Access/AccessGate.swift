import HTTPTypes
import Synchronization

/// Lets in who shows a valid key; everybody, when there are no keys. The keys can be replaced while it is in use.
final class AccessGate: Sendable {
    private let keys: Mutex<APIKeys?>

    /// A gate with these keys; `nil`: it is open.
    init(_ keys: APIKeys?) { self.keys = Mutex(keys) }

    /// Whether nobody needs a key.
    var isOpen: Bool { keys.withLock { $0 == nil } }

    /// From the next request on.
    func replace(_ keys: APIKeys) { self.keys.withLock { $0 = keys } }

    /// Whose key a request shows; `nil` when no key is needed.
    ///
    /// Throws `unauthorized` without a valid key and `forbidden` with one that lacks the role.
    func admit(_ fields: HTTPFields, as role: APIKeyRoles) throws(HTTPFailure) -> APIKeys.Holder? {
        guard let keys = keys.withLock({ $0 }) else { return nil }
        guard let holder = PresentedKeys(fields).holder(in: keys) else { throw .unauthorized }
        guard holder.roles.isSuperset(of: role) else { throw .forbidden }
        return holder
    }
}

extension HTTPFailure {
    static let unauthorized: HTTPFailure = {
        var failure = HTTPFailure(.unauthorized, code: "unauthorized", "A valid API key is required")
        failure.fields[.wwwAuthenticate] = "Bearer"
        return failure
    }()
    static let forbidden = HTTPFailure(.forbidden, code: "forbidden", "The API key lacks the role for this")
}

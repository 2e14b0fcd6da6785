import HTTPTypes
import Synchronization

/// Admits requests that carry a valid API key; all requests when there are no keys. Keys can be replaced while it is in
/// use.
final class APIKeyAuthenticator: Sendable {
    private let keys: Mutex<APIKeys?>

    /// An authenticator with these keys; `nil`: no key is needed.
    init(_ keys: APIKeys?) { self.keys = Mutex(keys) }

    /// Whether no request needs a key.
    var isOpen: Bool { keys.withLock { $0 == nil } }

    /// From the next request on.
    func replace(_ keys: APIKeys) { self.keys.withLock { $0 = keys } }

    /// The holder of the key that a request carries; `nil` when no key is needed.
    ///
    /// Throws `unauthorized` without a valid key and `forbidden` with one that lacks the role.
    ///
    /// - Parameter takingPasswords: whether the password of `Authorization: Basic` may be the key.
    func authenticate(
        _ fields: HTTPFields, as role: APIKeyRoles, takingPasswords: Bool = false
    ) throws(HTTPFailure) -> APIKeys.Holder? {
        guard let keys = keys.withLock({ $0 }) else { return nil }
        guard let holder = APIKeyCredentials(fields, takingPasswords: takingPasswords).holder(in: keys) else {
            throw .unauthorized
        }
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

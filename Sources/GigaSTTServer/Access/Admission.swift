import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Whether a request is served: first how often its sender asks, then its key.
struct Admission: Sendable {
    /// Not counted: probes, and what an operator needs most when there is too much of everything.
    static let uncountedPaths: Set<String> = ["/health", "/ready", "/v1/admin/reload"]

    let rate: RateGate
    let access: AccessGate

    /// Lets a request pass and notes whose key it shows.
    ///
    /// Throws `rate_limited`, `unauthorized`, `forbidden`.
    func check(_ request: Request, from peer: SocketAddress?, _ logger: inout Logger) throws(HTTPFailure) {
        let path = request.uri.path
        let isCounted = !Self.uncountedPaths.contains(path)
        if isCounted { try rate.charge(peer, request.headers) }
        guard let role = AccessRule.role(request.method, path) else { return }
        do {
            guard let holder = try access.admit(request.headers, as: role) else { return }
            logger[metadataKey: "key.name"] = "\(holder.name)"
        } catch {
            logger.notice("a request without a fitting key was refused", metadata: ["code": "\(error.code)"])
            // Guessing costs wherever it is tried.
            if !isCounted { try rate.charge(peer, request.headers) }
            throw error
        }
    }
}

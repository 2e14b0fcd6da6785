import Foundation
import HTTPTypes

/// One row of the route table: what the middleware has to know of a path.
struct Route: Sendable, Hashable {
    /// The path; a segment in braces is a parameter: `/v1/models/{id}`. A slash at the end makes another path.
    let path: String
    /// Methods with an endpoint, in the order in which they were added.
    fileprivate(set) var methods: [HTTPRequest.Method] = []
    /// What the holder of an API key must be allowed to do; `nil`: no key is needed.
    var role: APIKeyRoles? = .transcribe
    /// The value of `path` in the metrics: a fixed list (gigastt contract).
    var metricLabel = "other"
    /// Whether the protocol of the route has no place for a key: `KeylessPolicy` decides who needs none.
    var isKeyless = false
    /// Whether a key of `EphemeralKeys` is enough.
    var takesEphemeralKeys = false
    /// Whether the password of `Authorization: Basic` may be a key.
    var takesPasswords = false
    /// Which clients use the route, and so how failures are written.
    var failureFormat = FailureFormat.own
    /// Whether the route has no answer before a model is loaded.
    var requiresModel = true
    /// Whether requests are counted by the rate limiter.
    var isRateLimited = true
    /// Whether `OPTIONS` is answered, for preflight requests of browsers.
    var handlesOptions = true
    /// Whether `HEAD` is answered where `GET` is.
    var handlesHead = true
    /// Whether it is asked every few seconds: logged at `debug`, not counted.
    var isRoutine = false
    /// Whether other sites' pages and foreign host names are refused.
    var checksOrigin = true

    init(
        _ path: String, role: APIKeyRoles? = .transcribe, metricLabel: String = "other",
        failureFormat: FailureFormat = .own, requiresModel: Bool = true, isRateLimited: Bool = true,
        handlesOptions: Bool = true, handlesHead: Bool = true, isRoutine: Bool = false, checksOrigin: Bool = true
    ) {
        self.path = path
        self.role = role
        self.metricLabel = metricLabel
        self.failureFormat = failureFormat
        self.requiresModel = requiresModel
        self.isRateLimited = isRateLimited
        self.handlesOptions = handlesOptions
        self.handlesHead = handlesHead
        self.isRoutine = isRoutine
        self.checksOrigin = checksOrigin
    }

    /// The row for a path that is not in the table.
    static func unlisted(_ path: String) -> Route {
        Route(path, role: path.hasPrefix("/v1/admin/") ? .admin : .transcribe)
    }

    /// What a key must be allowed to do for a request with this method. Browsers send no key with a preflight request.
    func role(for method: HTTPRequest.Method) -> APIKeyRoles? { method == .options ? nil : role }

    /// The value of `Allow`.
    var allow: String {
        var allowed = methods.map(\.rawValue)
        if handlesHead, methods.contains(.get) { allowed.append("HEAD") }
        if handlesOptions { allowed.append("OPTIONS") }
        return allowed.joined(separator: ", ")
    }

    /// The value of `Access-Control-Allow-Methods`: that of the gigastt contract, and what the route has beyond it.
    var corsMethods: String {
        let contract: [HTTPRequest.Method] = [.get, .post, .options]
        return (contract + methods.filter { !contract.contains($0) }).map(\.rawValue).joined(separator: ", ")
    }
}

/// Exact paths and their endpoints.
struct RouteTable<Endpoint: Sendable>: Sendable {
    /// What a request asks for.
    enum Match: Sendable {
        case endpoint(Endpoint)
        /// The same, but only the head of the response is wanted.
        case head(Endpoint)
        /// A question about the path, answered by 204.
        case options
        case wrongMethod(allowed: String)
        case notFound
    }

    private struct Entry: Sendable {
        var route: Route
        let segments: [Substring]
        var endpoints: [HTTPRequest.Method: Endpoint] = [:]
    }

    private var entries: [Entry] = []
    /// What answers every path that has no entry.
    private var everywhere: Entry?
    private var places: [String: Int] = [:]
    /// The row for paths that are not in the table.
    private let unlisted: @Sendable (String) -> Route

    /// An empty table; `unlisted` gives the row for paths that are not in it.
    init(unlisted: @escaping @Sendable (String) -> Route = Route.unlisted) { self.unlisted = unlisted }

    /// Adds an endpoint; a route that is in the table gets another method.
    mutating func add(_ route: Route, _ method: HTTPRequest.Method, _ endpoint: Endpoint) {
        let place = places[route.path] ?? entries.count
        if place == entries.count {
            let segments = route.path.split(separator: "/", omittingEmptySubsequences: false)
            entries.append(Entry(route: route, segments: segments))
            places[route.path] = place
        }
        entries[place].route.methods.append(method)
        entries[place].endpoints[method] = endpoint
    }

    /// Adds an endpoint for every path that has none of its own.
    mutating func addEverywhere(_ route: Route, _ method: HTTPRequest.Method, _ endpoint: Endpoint) {
        var entry = Entry(route: route, segments: [])
        entry.route.methods = [method]
        entry.endpoints[method] = endpoint
        everywhere = entry
    }

    /// The row for a path and the parameters in it; an empty segment is no parameter.
    func route(_ path: String) -> (route: Route, parameters: [String: String]) {
        guard let (entry, parameters) = entry(path) else { return (unlisted(path), [:]) }
        return (entry.route, parameters)
    }

    /// Finds what is meant.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        guard let (entry, _) = entry(path) else { return .notFound }
        if let endpoint = entry.endpoints[method] { return .endpoint(endpoint) }
        if method == .head, entry.route.handlesHead, let endpoint = entry.endpoints[.get] { return .head(endpoint) }
        if method == .options, entry.route.handlesOptions { return .options }
        return .wrongMethod(allowed: entry.route.allow)
    }

    private func entry(_ path: String) -> (Entry, [String: String])? {
        if let place = places[path], !path.contains("{") { return (entries[place], [:]) }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for entry in entries where entry.segments.count == segments.count {
            if let parameters = Self.parameters(entry.segments, segments) { return (entry, parameters) }
        }
        return everywhere.map { ($0, [:]) }
    }

    private static func parameters(_ pattern: [Substring], _ path: [Substring]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (expected, segment) in zip(pattern, path) {
            if expected.hasPrefix("{") {
                guard !segment.isEmpty else { return nil }
                parameters[String(expected.dropFirst().dropLast())] = segment.removingPercentEncoding ?? ""
            } else if expected != segment {
                return nil
            }
        }
        return parameters
    }
}

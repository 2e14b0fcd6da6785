import HTTPTypes

/// Which paths exist and what may be done with them. Exact: a slash at the end makes another path.
struct RouteTable<Endpoint: Sendable>: Sendable {
    /// What a request asks for.
    enum Match: Sendable {
        case endpoint(Endpoint)
        /// The same, but only the head of the answer is wanted.
        case head(Endpoint)
        /// A question about the path, answered by 204.
        case options
        case wrongMethod(allowed: String)
        case notFound
    }

    private struct Route: Sendable {
        let method: HTTPRequest.Method
        let endpoint: Endpoint
        let answersOptions: Bool
        let needsModel: Bool
    }

    private var routes: [String: Route] = [:]
    private var folders: [String: Route] = [:]

    /// Adds a path; every path has one method.
    mutating func add(
        _ method: HTTPRequest.Method, _ path: String, answersOptions: Bool = true, needsModel: Bool = true,
        _ endpoint: Endpoint
    ) {
        routes[path] = Route(
            method: method, endpoint: endpoint, answersOptions: answersOptions, needsModel: needsModel)
    }

    /// Adds everything that lies directly in a folder, whose path ends in a slash.
    mutating func add(_ method: HTTPRequest.Method, in folder: String, _ endpoint: Endpoint) {
        folders[folder] = Route(method: method, endpoint: endpoint, answersOptions: true, needsModel: true)
    }

    /// Whether a path has no answer before there is a model. Paths that do not exist have none either.
    func needsModel(_ path: String) -> Bool { routes[path]?.needsModel ?? true }

    /// Finds what is meant.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        guard let route = routes[path] ?? folder(of: path) else { return .notFound }
        if method == route.method { return .endpoint(route.endpoint) }
        if method == .head, route.method == .get { return .head(route.endpoint) }
        if method == .options, route.answersOptions { return .options }
        var allowed = [route.method.rawValue]
        if route.method == .get { allowed.append("HEAD") }
        if route.answersOptions { allowed.append("OPTIONS") }
        return .wrongMethod(allowed: allowed.joined(separator: ", "))
    }
    private func folder(of path: String) -> Route? {
        guard let slash = path.lastIndex(of: "/"), path.index(after: slash) < path.endIndex else { return nil }
        return folders[String(path[...slash])]
    }
}

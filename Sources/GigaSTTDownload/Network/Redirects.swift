import Foundation

/// Where the server sends us, and how often it may.
struct Redirects: Equatable {
    static let limit = 5

    /// What came of a redirect.
    enum Step: Equatable {
        case follow(URL)
        case refuse(String)
    }

    private var count = 0

    init() {}

    static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    mutating func follow(_ location: String?, from url: URL) -> Step {
        count += 1
        guard count <= Self.limit else { return .refuse("more than \(Self.limit) redirects") }
        guard let location, let target = URL(string: location, relativeTo: url)?.absoluteURL,
            let scheme = target.scheme?.lowercased(), target.host?.isEmpty == false
        else { return .refuse("a redirect to nowhere") }
        guard scheme == "https" || (scheme == "http" && url.scheme?.lowercased() == "http") else {
            return .refuse("a redirect to a place that is not encrypted")
        }
        return .follow(target)
    }
}

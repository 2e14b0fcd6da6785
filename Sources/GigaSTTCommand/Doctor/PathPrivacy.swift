import Foundation

/// Removes names of users from paths in a text that is made public.
struct PathPrivacy: Sendable {
    /// The home folder, shown as `~`.
    let home: String

    init(home: String = ProcessInfo.processInfo.environment["HOME"] ?? "") {
        self.home = home.hasSuffix("/") ? String(home.dropLast()) : home
    }

    /// The text with `~` for the home folder and `…` for the names of other users.
    func text(_ text: String) -> String {
        guard text != home || home.isEmpty else { return "~" }
        let short = home.isEmpty ? text : text.replacing("\(home)/", with: "~/")
        return short.replacing(#/(/home|/Users)/[^/\s:]+/#) { "\($0.1)/…" }
    }
}

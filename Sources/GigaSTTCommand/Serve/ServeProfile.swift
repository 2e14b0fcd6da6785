import ArgumentParser

/// Defaults for a kind of machine; a flag or a variable overrides each.
enum ServeProfile: String, ExpressibleByArgument, CaseIterable, Sendable {
    case `default`
    /// A small device: one worker, and voice activity detection by a model.
    case edge

    /// Workers; `nil`: one for each core.
    var workerCount: Int? { self == .edge ? 1 : nil }
    /// Whether a model detects voice activity.
    var usesVAD: Bool { self == .edge }
}

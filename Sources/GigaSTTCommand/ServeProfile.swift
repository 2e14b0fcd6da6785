import ArgumentParser

/// Defaults for a kind of machine; each gives way to a flag or a variable.
enum ServeProfile: String, ExpressibleByArgument, CaseIterable, Sendable {
    case `default`
    /// A small device: one worker, and silence costs nothing.
    case edge

    /// Workers; `nil`: one for each core.
    var workerCount: Int? { self == .edge ? 1 : nil }
    /// Whether a model finds the speech.
    var usesVAD: Bool { self == .edge }
}

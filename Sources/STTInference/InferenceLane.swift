/// What a unit of work is for, which decides how soon it runs. Lanes are listed in the order in which they are served.
public enum InferenceLane: Sendable, Hashable, CaseIterable {
    /// Text that will not change, of a live stream: somebody is waiting for it.
    case final
    /// A preview of a live stream: at most one waits per client, and a newer one replaces it.
    case partial
    /// A window of a file: served when no live work waits, and at a guaranteed share when some does.
    case file
}

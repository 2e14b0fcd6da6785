/// The purpose of a request, which decides when it runs. Lanes are listed in the order in which they are served.
package enum InferenceLane: Sendable, Hashable, CaseIterable {
    /// Voice activity by a model: a millisecond or so, before which nothing else of its stream can be decided.
    case activity
    /// Text of a live stream that will not change: a person is waiting for it.
    case final
    /// A partial of a live stream: at most one waits per client, and a newer one replaces it. Its run is stopped when a final
    /// would wait for it.
    case partial
    /// A window of a file: runs when no live work waits, and gets a guaranteed share when some does.
    case file
}

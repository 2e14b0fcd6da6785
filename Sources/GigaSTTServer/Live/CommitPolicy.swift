import STTValues

/// Which text of an open utterance is committed, by the names of the protocol: committed text never changes.
enum CommitPolicy: String, Sendable, Hashable, CaseIterable {
    /// The stable words, unless a text pass does not report which ones it will not change.
    case auto
    /// None: an utterance is committed by its final.
    case onFinalize = "on_finalize"
    /// The stable words.
    case stablePrefix = "stable_prefix"

    /// Reads a name as clients write it: trimmed, in any case; `nil` when there is no such policy.
    init?(name: String) {
        self.init(rawValue: name.trimmedASCII.lowercased())
    }
}

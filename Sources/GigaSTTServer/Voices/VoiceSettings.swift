import STTValues

/// Whether and by which voices speakers get names.
public struct VoiceSettings: Sendable, Hashable {
    /// Whether speakers may be named: by voices that are enrolled and by references of a request. Only where those who are
    /// known by name have agreed.
    public var allowsNames = false
    /// Folder in which enrolled voices are stored; `nil`: they are kept in memory.
    public var folder: String?
    /// Similarity from which on a voice may be that of a name, −1…1.
    public var leastSimilarity = KnownVoices.standardSimilarity

    /// No names.
    public init() {}
}

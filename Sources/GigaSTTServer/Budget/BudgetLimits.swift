/// What a server has a limited amount of.
enum BudgetResource: String, Sendable, CaseIterable {
    /// Bytes of recordings that were received and are not recognised yet, in memory and on disk, and of long messages of
    /// live sessions.
    case bytes
    /// Recordings being received.
    case uploads
    /// Recordings being recognised.
    case recordings
    /// Live sessions.
    case sessions
}

/// How much of each resource is used at the same time; 0 stands for no limit.
public struct BudgetLimits: Sendable, Hashable {
    /// The limit of one resource.
    public struct Limit: Sendable, Hashable {
        /// For all clients together; 0: no limit.
        public var total: Int
        /// For each client: an API key, or the address of a request without one. 0: no limit.
        public var perClient: Int

        /// A limit for all clients and for each of them.
        public init(total: Int, perClient: Int = 0) {
            self.total = total
            self.perClient = perClient
        }
    }

    /// Bytes of recordings that were received and are not recognised yet, in memory and on disk, and of the messages of
    /// live sessions beyond 64 KiB for each connection.
    public var bytes = Limit(total: 1 << 30, perClient: 1 << 29)
    /// Recordings being received.
    public var uploads = Limit(total: 256, perClient: 64)
    /// Recordings being recognised.
    public var recordings = Limit(total: 32, perClient: 16)
    /// Live sessions.
    public var sessions = Limit(total: 0)
    /// Claims of each resource that wait; more are refused at once. At least 1.
    public var waiting = 1_024

    /// The defaults.
    public init() {}

    subscript(resource: BudgetResource) -> Limit {
        switch resource {
        case .bytes: bytes
        case .uploads: uploads
        case .recordings: recordings
        case .sessions: sessions
        }
    }
}

/// Why a claim is refused.
enum BudgetRefusal: Error, Sendable, Hashable {
    /// Too much is used and too much waits already.
    case full
    /// It has waited as long as it may.
    case timedOut
    /// The server is stopping.
    case closed
}

/// A resource at one moment.
struct BudgetUsage: Sendable, Hashable {
    let used: Int
    let waiting: Int
    /// In total; 0: no limit.
    let limit: Int
    /// Claims refused since the start.
    let refused: Int
    /// Whether a new claim would be refused.
    let wouldRefuse: Bool
}

extension BudgetLimits {
    /// The files that recordings may have open: one while received, and three while recognised, where the channels are
    /// recognised apart. What has no limit counts as few.
    var openFileCount: Int {
        let (uploads, recordings) = (uploads.total, recordings.total)
        return (uploads == 0 ? 256 : uploads) + 3 * (recordings == 0 ? 32 : recordings)
    }

    /// Lowers the places of recordings so that they need no more than this many files, at least 4.
    mutating func fit(files: Int) {
        guard openFileCount > files else { return }
        func lower(_ limit: inout Limit, to most: Int) {
            limit.total = limit.total == 0 ? most : min(limit.total, most)
        }
        lower(&recordings, to: max(1, files / 6))
        lower(&uploads, to: max(1, files - 3 * recordings.total))
    }
}

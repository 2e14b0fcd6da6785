/// Thins out the reports about the bytes of a file.
public struct ProgressPacer: Sendable {
    /// How often a report passes.
    public enum Pace: Sendable, Hashable {
        /// When the whole percent has changed.
        case percent
        /// When this much time has passed.
        case interval(Duration)
    }

    private let pace: Pace
    private var file = ""
    private var percent: Int64?
    private var last: Duration?

    /// A pacer that has let nothing pass yet.
    public init(_ pace: Pace) { self.pace = pace }

    /// Whether to report an event at `time`, counted from any fixed moment. The first and the last of a file always
    /// pass, and so does everything that is not about bytes.
    public mutating func passes(_ event: DownloadEvent, at time: Duration) -> Bool {
        guard case .downloading(let file, let done, let total) = event else { return true }
        if file != self.file { (self.file, percent, last) = (file, nil, nil) }
        let now = Self.percent(done, of: total)
        let isNew =
            switch pace {
            case .percent: now != percent || last == nil
            case .interval(let interval): last.map { time - $0 >= interval } ?? true || (now == 100 && percent != 100)
            }
        if isNew { (percent, last) = (now, time) }
        return isNew
    }

    static func percent(_ done: Int64, of total: Int64?) -> Int64? {
        guard let total else { return nil }
        return total > 0 ? min(done, total) * 100 / total : 100
    }
}

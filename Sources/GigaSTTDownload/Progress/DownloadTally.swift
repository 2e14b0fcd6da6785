/// Adds the reports about single files up to the progress of a whole download.
struct DownloadTally {
    /// Bytes that are here and bytes that there are, of each file that is fetched.
    private var counts: [String: (done: Int64, total: Int64)] = [:]
    private var last = ModelDownloader.Progress(
        activity: .downloading, file: nil, completedByteCount: 0, totalByteCount: 0)

    /// The files that are to be fetched are known, or known anew.
    mutating func begin(_ files: [ModelFile]) {
        counts = Dictionary(files.map { ($0.path, (0, $0.estimatedByteCount)) }) { first, _ in first }
    }

    /// The progress after an event.
    mutating func receive(_ event: DownloadEvent) -> ModelDownloader.Progress {
        switch event {
        case .waiting(let holder): (last.activity, last.file) = (.waiting(holder: holder), nil)
        case .downloading(let file, let done, let total):
            // A server that does not state the size may send more than was estimated.
            counts[file] = (done, total ?? max(done, counts[file]?.total ?? 0))
            (last.activity, last.file) = (.downloading, file)
        case .verifying(let file): (last.activity, last.file) = (.verifying, file)
        case .retrying(let file, let wait): (last.activity, last.file) = (.retrying(after: wait), file)
        case .done: (last.activity, last.file) = (.done, nil)
        }
        last.completedByteCount = counts.values.reduce(0) { $0 + $1.done }
        last.totalByteCount = event.isDone ? last.completedByteCount : counts.values.reduce(0) { $0 + $1.total }
        return last
    }
}

extension DownloadEvent {
    fileprivate var isDone: Bool { if case .done = self { true } else { false } }
}

import Foundation

/// What a download is going to fetch: enough to ask a person beforehand.
public struct DownloadPlan: Sendable, Hashable {
    /// The files that are missing, or that are not what their pins say; empty when the model is complete.
    public let files: [ModelFile]
    /// The servers that they come from, without repetition; those of a server's redirects are not known.
    public let hosts: [String]
    /// How many bytes that is, as far as it is known before the servers state it; see `ModelFile.estimatedByteCount`.
    public let estimatedByteCount: Int64

    init(files: [ModelFile], sources: [String]) {
        self.files = files
        var hosts: [String] = []
        for host in sources.compactMap({ URL(string: $0)?.host }) where !hosts.contains(host) { hosts.append(host) }
        self.hosts = hosts
        estimatedByteCount = files.reduce(0) { $0 + $1.estimatedByteCount }
    }
}

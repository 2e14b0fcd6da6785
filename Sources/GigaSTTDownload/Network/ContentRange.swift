/// The header `Content-Range` (RFC 9110, 14.4), of which only bytes are understood.
struct ContentRange: Equatable {
    /// First byte of the part; `nil` in an answer that says that there is no such part.
    let first: Int64?
    /// Size of the whole; `nil` when the server does not know it.
    let total: Int64?

    init?(_ header: String?) {
        guard let header else { return nil }
        let words = header.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        total = Int64(parts[1])
        guard (total ?? 0) >= 0, total != nil || parts[1] == "*" else { return nil }
        if parts[0] == "*" {
            first = nil
            return
        }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard ends.count == 2, let start = ends[0], let last = ends[1], 0 <= start, start <= last else { return nil }
        guard total.map({ last < $0 }) ?? true else { return nil }
        first = start
    }
}

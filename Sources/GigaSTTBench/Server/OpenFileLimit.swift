#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The number of files and sockets that this process and its children may hold open.
enum OpenFileLimit {
    /// Files of the process itself, beside its sockets.
    private static let reserve = 100

    /// Raises the limit for `count` sockets and returns how many are possible.
    static func raise(for count: Int) -> Int {
        #if os(Linux)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return count }
        let wanted = rlim_t(count + reserve)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            guard setrlimit(resource, &limit) == 0 else { return 0 }
        }
        let possible = max(0, Int(clamping: limit.rlim_cur) - reserve)
        if possible < count {
            ServerBench.note("the system allows \(possible) sockets instead of \(count); raise `ulimit -Hn`")
        }
        return min(count, possible)
    }
}

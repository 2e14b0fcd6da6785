#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The number of files and sockets that the system allows this process to hold open.
enum OpenFileLimit {
    /// For all but connections: the model, the event loops, pipes: 20 were counted on two cores.
    private static let reserve = 64

    /// Raises the limit as far as the system allows, and returns it.
    static func raise() -> Int {
        #if os(Linux)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1_024 }
        var wanted = limit
        wanted.rlim_cur = limit.rlim_max
        return Int(clamping: setrlimit(resource, &wanted) == 0 ? wanted.rlim_cur : limit.rlim_cur)
    }

    /// The connections that may be held within a limit, beside those of the metrics listener and the files of recordings.
    static func connections(_ wanted: Int, openFiles: Int, recordingFiles: Int, hasMetrics: Bool) -> Int {
        let available = openFiles - reserve - (hasMetrics ? MetricsListener.connectionLimit : 0)
        // Where files are scarce, recordings leave half of them to connections.
        return min(wanted, max(16, available - min(recordingFiles, available / 2)))
    }
}

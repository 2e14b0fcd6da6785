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

    /// Fewest connections and fewest files of recordings, whatever the system allows.
    private static let leastConnectionCount = 16
    private static let leastRecordingFileCount = 4

    /// Lowers the places of recordings and the connections to what the limit allows, beside the process itself and the
    /// metrics listener. Where files are scarce, recordings leave half of them to connections.
    static func apply(_ openFiles: Int, to settings: inout ServerSettings) {
        let available = openFiles - reserve - (settings.metrics == nil ? 0 : MetricsListener.connectionLimit)
        settings.budget.fit(files: max(leastRecordingFileCount, available / 2))
        let rest = max(leastConnectionCount, available - settings.budget.openFileCount)
        settings.connectionLimit = min(settings.connectionLimit, rest)
    }
}

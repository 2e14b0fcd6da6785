#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The number of files and sockets that the system lets this process hold open.
enum OpenFileLimit {
    /// What is no connection: the model, the event loops, pipes: 20 were counted on two cores.
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

    /// The connections that may be held within a limit: each upload may have its file open twice.
    static func connections(_ wanted: Int, openFiles: Int, uploads: Int) -> Int {
        min(wanted, max(16, openFiles - reserve - 2 * min(uploads, openFiles)))
    }
}

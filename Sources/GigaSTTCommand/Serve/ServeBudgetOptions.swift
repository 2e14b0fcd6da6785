import ArgumentParser

/// What a server holds at the same time.
struct ServeBudgetOptions: ParsableArguments {
    @Option(help: "Recordings recognised at once; 0: no limit. [env GIGASTT_MAX_RECORDINGS; default 32]")
    var maxRecordings: UInt32?

    @Option(
        help: ArgumentHelp(
            "Recordings recognised at once for one client; 0: no limit. "
                + "[env GIGASTT_MAX_RECORDINGS_PER_CLIENT; default 16]"))
    var maxRecordingsPerClient: UInt32?

    @Option(help: "Recordings received at once; 0: no limit. [env GIGASTT_MAX_UPLOADS; default 256]")
    var maxUploads: UInt32?

    @Option(
        help: ArgumentHelp(
            "Recordings received at once from one client; 0: no limit. "
                + "[env GIGASTT_MAX_UPLOADS_PER_CLIENT; default 64]"))
    var maxUploadsPerClient: UInt32?

    @Option(
        help: ArgumentHelp(
            "Bytes of recordings that are not recognised yet; 0: no limit. "
                + "[env GIGASTT_MAX_BUFFERED_BYTES; default 1073741824]"))
    var maxBufferedBytes: UInt64?

    @Option(
        help: ArgumentHelp(
            "The same for one client; 0: no limit. "
                + "[env GIGASTT_MAX_BUFFERED_BYTES_PER_CLIENT; default 536870912]"))
    var maxBufferedBytesPerClient: UInt64?

    @Option(help: "Live sessions at the same time; 0: no limit. [env GIGASTT_MAX_SESSIONS; default 0]")
    var maxSessions: UInt32?

    @Option(
        help: ArgumentHelp(
            "Live sessions of one client at the same time; 0: no limit. "
                + "[env GIGASTT_MAX_SESSIONS_PER_CLIENT; default 0]"))
    var maxSessionsPerClient: UInt32?

    @Option(help: "Recordings and sessions that wait for each of these. [env GIGASTT_MAX_WAITING; default 1024]")
    var maxWaiting: UInt32?

    @Option(
        help: ArgumentHelp(
            "Seconds for which a session waits for a client that lost its connection; 0: not at all. "
                + "[env GIGASTT_RESUME_WINDOW_SECS; default 60]"))
    var resumeWindowSecs: UInt32?

    @Option(help: "Sessions that wait for their clients. [env GIGASTT_MAX_SUSPENDED_SESSIONS; default 256]")
    var maxSuspendedSessions: UInt32?

    /// The limits that flags set.
    var flags: [ServeLimit: UInt64?] {
        [
            .recordings: maxRecordings.map(UInt64.init), .recordingsPerClient: maxRecordingsPerClient.map(UInt64.init),
            .uploads: maxUploads.map(UInt64.init), .uploadsPerClient: maxUploadsPerClient.map(UInt64.init),
            .bufferedBytes: maxBufferedBytes.map { min($0, UInt64(Int64.max)) },
            .bufferedBytesPerClient: maxBufferedBytesPerClient.map { min($0, UInt64(Int64.max)) },
            .sessions: maxSessions.map(UInt64.init), .sessionsPerClient: maxSessionsPerClient.map(UInt64.init),
            .waiting: maxWaiting.map(UInt64.init), .resumeWindow: resumeWindowSecs.map(UInt64.init),
            .suspendedSessions: maxSuspendedSessions.map(UInt64.init),
        ]
    }
}

import GigaSTTServer

/// Limits by precedence: the flag, else the environment variable, else the configuration file, else what is there already.
///
/// Flags and variables are read once, so that they keep their precedence when the file is read again.
struct LimitSources: Sendable {
    typealias Values = [ServeLimit: UInt64]

    var flags: Values = [:]
    var environment: Values = [:]
    var file: Values = [:]

    /// The value of a limit; `nil` when none sets it.
    subscript(limit: ServeLimit) -> UInt64? { flags[limit] ?? environment[limit] ?? file[limit] }

    /// Applies every limit that is set.
    func apply(to settings: inout ServerSettings) {
        for limit in ServeLimit.allCases {
            if let value = self[limit] { limit.apply(value, to: &settings) }
        }
    }
}

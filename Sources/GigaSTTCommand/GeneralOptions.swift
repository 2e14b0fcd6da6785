import ArgumentParser
import Foundation

/// Options of every command; accepted before and after its name.
struct GeneralOptions: ParsableArguments {
    @Option(help: "Log level on standard error: trace, debug, info, warn, error or off. [env RUST_LOG]")
    var logLevel: LogLevel?

    @Flag(help: "Download nothing; a missing file is an error that names its place. [env GIGASTT_OFFLINE]")
    var offline = false

    /// Whether `--offline` is given, here or before the command's name.
    func isOffline(_ parent: GeneralOptions) -> Bool { offline || parent.offline }

    /// Sets the log level given here or before the command's name.
    func apply(_ parent: GeneralOptions) {
        let variable = ProcessInfo.processInfo.environment["RUST_LOG"].flatMap { LogLevel(filter: $0) }
        Console.level.store(logLevel ?? parent.logLevel ?? variable ?? .info)
    }
}

/// Log levels, the most verbose first.
enum LogLevel: String, ExpressibleByArgument, CaseIterable, Comparable {
    case trace, debug, info, warn, error, off

    /// Reads the value of `--log-level` as `RUST_LOG` is read: trimmed, in any case.
    init?(argument: String) {
        self.init(rawValue: argument.trimmingCharacters(in: .whitespacesAndNewlines).lowercased())
    }

    /// Reads the value of `RUST_LOG`, as containers made for gigastt 2 set it: a level, or a list such as
    /// `warn,gigastt=debug`, of which the entry for this program takes precedence over the general one, and a later one
    /// over an earlier one. `nil` when nothing in it applies to this program; unknown entries are ignored.
    init?(filter: String) {
        var (general, own): (LogLevel?, LogLevel?)
        for entry in filter.lowercased().split(separator: ",") {
            let parts = entry.split(separator: "=", omittingEmptySubsequences: false).map {
                $0.split(separator: " ").joined()
            }
            if parts.count == 1, let level = LogLevel(rawValue: parts[0]) { general = level }
            if parts.count == 2, parts[0] == "gigastt", let level = LogLevel(rawValue: parts[1]) { own = level }
        }
        guard let level = own ?? general else { return nil }
        self = level
    }

    static func < (a: LogLevel, b: LogLevel) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}

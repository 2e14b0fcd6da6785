import ArgumentParser
import Foundation

/// Options of every command; accepted before and after its name.
struct GeneralOptions: ParsableArguments {
    @Option(help: "How much to say on standard error: trace, debug, info, warn, error or off. [env RUST_LOG]")
    var logLevel: LogLevel?

    @Flag(help: "Make no connection; a missing file is an error that says where to put it. [env GIGASTT_OFFLINE]")
    var offline = false

    /// Whether `--offline` is given, here or before the command's name.
    func isOffline(_ parent: GeneralOptions) -> Bool { offline || parent.offline }

    /// Makes the console as talkative as asked, here or before the command's name.
    func apply(_ parent: GeneralOptions) {
        let variable = ProcessInfo.processInfo.environment["RUST_LOG"].flatMap { LogLevel(filter: $0) }
        Console.level.store(logLevel ?? parent.logLevel ?? variable ?? .info)
    }
}

/// How much is said, most first.
enum LogLevel: String, ExpressibleByArgument, CaseIterable, Comparable {
    case trace, debug, info, warn, error, off

    /// Reads the value of `RUST_LOG`, as containers made for gigastt 2 set it: a level, or a list such as
    /// `warn,gigastt=debug`, of which the entry for this program counts before the one for everybody, and a later one
    /// before an earlier one. `nil` when nothing in it is for this program; what cannot be read is no error there.
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

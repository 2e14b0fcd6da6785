import ArgumentParser

/// Options of every command; accepted before and after its name.
struct GeneralOptions: ParsableArguments {
    @Option(help: "How much to say on standard error: trace, debug, info, warn, error or off.")
    var logLevel: LogLevel?

    @Flag(help: "Make no connection; a missing file is an error that says where to put it. [env GIGASTT_OFFLINE]")
    var offline = false

    /// Makes the console as talkative as asked, here or before the command's name.
    func apply(_ parent: GeneralOptions) { Console.level.store(logLevel ?? parent.logLevel ?? .info) }
}

/// How much is said, most first.
enum LogLevel: String, ExpressibleByArgument, CaseIterable, Comparable {
    case trace, debug, info, warn, error, off

    static func < (a: LogLevel, b: LogLevel) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}

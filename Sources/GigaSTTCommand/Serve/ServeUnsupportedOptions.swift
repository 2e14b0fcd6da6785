import ArgumentParser
import Foundation

/// Options of gigastt for what a server of this version does not do: a start line that has them still starts, and one
/// that asks for such a thing gets a warning.
struct ServeUnsupportedOptions: ParsableArguments {
    @OptionGroup var text: TextOptions
    @Flag(help: .hidden) var enableJobs = false
    @Option(help: .hidden) var jobsTtlSecs: UInt64?
    @Option(help: .hidden) var jobsMax: UInt64?
    @Option(help: .hidden) var jobsMaxBytes: UInt64?
    @Option(help: .hidden) var jobsRetry: UInt64?
    @Flag(help: .hidden) var skipQuantize = false

    /// A sentence for each thing that is asked for and not done.
    func warnings() throws -> [String] {
        var warnings = try text.warnings()
        if try Setting.flag(enableJobs, variable: "GIGASTT_ENABLE_JOBS") {
            warnings.append("there are no jobs in this version; /v1/jobs is not served")
        }
        if try Setting.flag(skipQuantize, variable: "GIGASTT_SKIP_QUANTIZE") {
            warnings.append("skip-quantize has no effect: a server never quantises a model")
        }
        return warnings
    }
}

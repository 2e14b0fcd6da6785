import ArgumentParser
import Foundation

/// Options of gigastt for what a server of this version does not do: a start line that has them still starts, and one
/// that asks for such a thing gets a warning.
struct ServeUnsupportedOptions: ParsableArguments {
    @Flag(help: .hidden) var skipQuantize = false
    @Option(help: .hidden) var streamMaxWindowSecs: Double?
    @Flag(inversion: .prefixedNo, help: .hidden) var streamStablePrefix: Bool?

    /// A sentence for each thing that is asked for and not done.
    func warnings() throws -> [String] {
        var warnings: [String] = []
        if try Setting.flag(skipQuantize, variable: "GIGASTT_SKIP_QUANTIZE") {
            warnings.append("skip-quantize has no effect: a server never quantises a model")
        }
        let window = try Setting.optional(
            streamMaxWindowSecs, variable: "GIGASTT_STREAM_MAX_WINDOW_SECS", parse: { Double($0) })
        if let window, !(2.4...30).contains(window) {
            throw ValidationError("--stream-max-window-secs must be 2.4 to 30, not \(window)")
        }
        let keepsPrefix = try Setting.optional(
            streamStablePrefix, variable: "GIGASTT_STREAM_STABLE_PREFIX", parse: Setting.boolean)
        if window != nil || keepsPrefix != nil {
            warnings.append("live speech has no window that could be set: an utterance is decoded as a whole")
        }
        return warnings
    }
}

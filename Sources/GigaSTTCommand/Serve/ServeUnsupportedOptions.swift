import ArgumentParser
import Foundation

/// Options of gigastt for what a server of this version does not do: a start line that has them still starts, and one
/// that asks for such a thing gets a warning.
struct ServeUnsupportedOptions: ParsableArguments {
    @Flag(help: .hidden) var skipQuantize = false
    @Option(help: .hidden) var streamMaxWindowSecs: Double?
    /// A text, because the parser takes a value that is no boolean for none.
    @Option(defaultAsFlag: "true", parsing: .next, help: .hidden) var streamStablePrefix: String? = nil

    /// A sentence for each thing that is asked for and not done.
    func warnings() throws -> [String] {
        var warnings: [String] = []
        if try Setting.flag(skipQuantize, variable: "GIGASTT_SKIP_QUANTIZE") {
            warnings.append("skip-quantize has no effect: a server never quantises a model")
        }
        let window = try Setting.optional(
            streamMaxWindowSecs, variable: "GIGASTT_STREAM_MAX_WINDOW_SECS", parse: { Double($0) })
        if let streamStablePrefix, Setting.boolean(streamStablePrefix) == nil {
            throw ValidationError("--stream-stable-prefix must be true or false, not \(streamStablePrefix)")
        }
        let keepsPrefix = try Setting.optional(
            streamStablePrefix.map { _ in true }, variable: "GIGASTT_STREAM_STABLE_PREFIX", parse: Setting.boolean)
        if window != nil || keepsPrefix != nil {
            warnings.append("live speech has no window that could be set: an utterance is decoded as a whole")
        }
        return warnings
    }
}

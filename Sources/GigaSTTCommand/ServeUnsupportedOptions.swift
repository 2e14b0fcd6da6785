import ArgumentParser
import Foundation

/// Options of gigastt for what this version does not do: a start line that has them still starts, and one that asks
/// for such a thing gets a warning.
struct ServeUnsupportedOptions: ParsableArguments {
    @Option(help: .hidden) var punctuation: TextPass?
    @Option(help: .hidden) var itn: TextPass?
    @Option(help: .hidden) var punctModelDir: String?
    @Option(help: .hidden) var hotwordsFile: String?
    @Flag(help: .hidden) var hotwordsDefault = false
    @Option(help: .hidden) var hotwordsBoost: Float?
    @Flag(help: .hidden) var enableJobs = false
    @Option(help: .hidden) var jobsTtlSecs: UInt64?
    @Option(help: .hidden) var jobsMax: UInt64?
    @Option(help: .hidden) var jobsMaxBytes: UInt64?
    @Option(help: .hidden) var jobsRetry: UInt64?
    @Flag(help: .hidden) var skipQuantize = false

    /// When a pass over the text is made; `auto`: when the head does not do it itself.
    enum TextPass: Sendable {
        case on, off, auto

        init?(_ word: String) {
            switch word.trimmingCharacters(in: .whitespaces).lowercased() {
            case "on", "true", "1", "yes": self = .on
            case "off", "false", "0", "no": self = .off
            case "auto": self = .auto
            default: return nil
            }
        }
    }

    /// A sentence for each thing that is asked for and not done.
    func warnings() throws -> [String] {
        var warnings: [String] = []
        if try pass(punctuation, "GIGASTT_PUNCTUATION") == .on {
            warnings.append("punctuation is not added by this version; the e2e heads write it themselves")
        }
        if try pass(itn, "GIGASTT_ITN") == .on {
            warnings.append("numerals are not rewritten by this version; the e2e heads write figures themselves")
        }
        let hotwords = try Setting.optional(hotwordsFile, variable: "GIGASTT_HOTWORDS_FILE", parse: { $0 })
        if try hotwords != nil || Setting.isOn(hotwordsDefault, variable: "GIGASTT_HOTWORDS_DEFAULT") {
            warnings.append("hotwords are not preferred by this version; they are ignored")
        }
        if try Setting.isOn(enableJobs, variable: "GIGASTT_ENABLE_JOBS") {
            warnings.append("there are no jobs in this version; /v1/jobs is not served")
        }
        if try Setting.isOn(skipQuantize, variable: "GIGASTT_SKIP_QUANTIZE") {
            warnings.append("skip-quantize has no effect: a server never quantises a model")
        }
        return warnings
    }

    private func pass(_ flag: TextPass?, _ variable: String) throws -> TextPass {
        try Setting.value(flag, variable: variable, default: .auto, parse: { TextPass($0) })
    }
}

extension ServeUnsupportedOptions.TextPass: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }

    static var allValueStrings: [String] { ["on", "off", "auto"] }
}

import ArgumentParser
import Foundation

/// Options of gigastt for text passes that this version does not have: a command line that has them still works, and one
/// that asks for such a pass gets a warning.
struct TextOptions: ParsableArguments {
    @Option(help: .hidden) var punctuation: String?
    @Option(help: .hidden) var punctModelDir: String?
    @Option(help: .hidden) var hotwordsFile: String?
    @Flag(help: .hidden) var hotwordsDefault = false
    @Option(help: .hidden) var hotwordsBoost: Float?

    func validate() throws {
        _ = try Self.pass(punctuation, "punctuation")
    }

    /// A sentence for each pass that is asked for.
    func warnings() throws -> [String] {
        var warnings: [String] = []
        if try Self.pass(punctuation, "punctuation") == .on {
            warnings.append("punctuation is not added by this version; the e2e heads write it themselves")
        }
        _ = try Setting.optional(hotwordsBoost, variable: "GIGASTT_HOTWORDS_BOOST", parse: { Float($0) })
        let hotwords = try Setting.optional(hotwordsFile, variable: "GIGASTT_HOTWORDS_FILE", parse: { $0 })
        if try hotwords != nil || Setting.flag(hotwordsDefault, variable: "GIGASTT_HOTWORDS_DEFAULT") {
            warnings.append("hotwords are not supported by this version; they are ignored")
        }
        return warnings
    }

    private static func pass(_ flag: String?, _ name: String) throws -> PassMode {
        let text = try Setting.value(flag, variable: "GIGASTT_\(name.uppercased())", default: "auto", parse: { $0 })
        guard let pass = PassMode(text) else {
            throw ValidationError("unknown \(name) mode '\(text)' (expected 'on', 'off', or 'auto')")
        }
        return pass
    }
}

import ArgumentParser
import Foundation

/// Options of gigastt for text passes that this version does not have: a command line that has them still works, and one
/// that asks for such a pass gets a warning.
struct TextOptions: ParsableArguments {
    @Option(help: .hidden) var punctuation: String?
    @Option(help: .hidden) var itn: String?
    @Option(help: .hidden) var punctModelDir: String?
    @Option(help: .hidden) var hotwordsFile: String?
    @Flag(help: .hidden) var hotwordsDefault = false
    @Option(help: .hidden) var hotwordsBoost: Float?

    /// Whether a pass over the text runs; `auto`: when the head does not do its work.
    enum Pass: Sendable {
        case on, off, auto

        /// Reads a value as gigastt does: trimmed, in any case.
        init?(_ word: String) {
            switch word.trimmingCharacters(in: .whitespaces).lowercased() {
            case "on", "true", "1", "yes": self = .on
            case "off", "false", "0", "no": self = .off
            case "auto": self = .auto
            default: return nil
            }
        }
    }

    func validate() throws {
        _ = try Self.pass(punctuation, "punctuation")
        _ = try Self.pass(itn, "itn")
    }

    /// A sentence for each pass that is asked for.
    func warnings() throws -> [String] {
        var warnings: [String] = []
        if try Self.pass(punctuation, "punctuation") == .on {
            warnings.append("punctuation is not added by this version; the e2e heads write it themselves")
        }
        if try Self.pass(itn, "itn") == .on {
            warnings.append("numerals are not rewritten by this version; the e2e heads write figures themselves")
        }
        _ = try Setting.optional(hotwordsBoost, variable: "GIGASTT_HOTWORDS_BOOST", parse: { Float($0) })
        let hotwords = try Setting.optional(hotwordsFile, variable: "GIGASTT_HOTWORDS_FILE", parse: { $0 })
        if try hotwords != nil || Setting.flag(hotwordsDefault, variable: "GIGASTT_HOTWORDS_DEFAULT") {
            warnings.append("hotwords are not supported by this version; they are ignored")
        }
        return warnings
    }

    private static func pass(_ flag: String?, _ name: String) throws -> Pass {
        let text = try Setting.value(flag, variable: "GIGASTT_\(name.uppercased())", default: "auto", parse: { $0 })
        guard let pass = Pass(text) else {
            throw ValidationError("unknown \(name) mode '\(text)' (expected 'on', 'off', or 'auto')")
        }
        return pass
    }
}

import ArgumentParser
import Foundation

/// Options of gigastt for text passes that this version does not have: a command line that has them still works, and one
/// that asks for such a pass gets a warning.
struct TextOptions: ParsableArguments {
    @Option(help: .hidden) var punctuation: String?
    @Option(help: .hidden) var punctModelDir: String?

    func validate() throws {
        _ = try Self.pass(punctuation, "punctuation")
    }

    /// A sentence for each pass that is asked for.
    func warnings() throws -> [String] {
        var warnings: [String] = []
        if try Self.pass(punctuation, "punctuation") == .on {
            warnings.append("punctuation is not added by this version; the e2e heads write it themselves")
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

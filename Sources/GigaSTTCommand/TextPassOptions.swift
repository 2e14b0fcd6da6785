import ArgumentParser
import Foundation
import GigaSTT

/// How texts are written.
struct TextPassOptions: ParsableArguments {
    @Option(
        help: """
            Numerals as digits: on, off, or auto, which is on where the model writes none itself. \
            [env GIGASTT_ITN; default auto]
            """)
    var itn: String?

    @Option(
        help: """
            Rules for numerals: full, or compat for the output of gigastt 2.x. [env GIGASTT_ITN_POLICY; default full]
            """)
    var itnPolicy: String?

    @Option(
        help: """
            Punctuation and capitals by a model: on, off, or auto, which is on where the model of speech writes none \
            itself. [env GIGASTT_PUNCTUATION; default auto]
            """)
    var punctuation: String?

    @Option(
        help: """
            Folder of rupunct_small_int8.onnx, tokenizer.json and config.json. \
            [env GIGASTT_PUNCT_MODEL_DIR; default punct in the model folder, else ~/.gigastt/models/punct]
            """)
    var punctModelDir: String?

    @Option(
        help: ArgumentHelp(
            "What is masked in texts and words: profanity, personal (numbers of cards, phones, passports, SNILS, INN), or "
                + "both with a comma. [env GIGASTT_MASK; default none]",
            valueName: "list"))
    var mask: String?

    func validate() throws { _ = try formatting() }

    /// Flags and variables.
    func sources() throws -> TextSources {
        var sources = TextSources()
        for (key, flag) in [
            (TextSources.Key.numbers, itn), (.numberStyle, itnPolicy), (.punctuation, punctuation),
            (.masks, mask),
        ] {
            sources.values[key] = try Setting.optional(flag, variable: key.variable, parse: { $0 })
        }
        return sources
    }

    /// The folder of the punctuation model; `nil` when no punctuation is wanted. The built-in model may have its own.
    func punctuationModel(_ source: ModelSource) throws -> URL? {
        guard try formatting().punctuation != false else { return nil }
        if let url = try Setting.url(punctModelDir, variable: "GIGASTT_PUNCT_MODEL_DIR") { return url }
        let name = ModelLoader.punctuationFolder
        if case .builtIn = source { return ModelFolder.demo.url.appendingPathComponent(name) }
        return source.folder(named: name, holding: ModelLoader.punctuationFile)
    }

    /// What flags and variables say.
    func formatting() throws -> TextFormatting { try sources().formatting() }
}

/// How texts are written, by precedence: the flag, else the environment variable, else the configuration file, else the
/// default.
struct TextSources: Sendable {
    /// A setting, by its name in the configuration file.
    enum Key: String, CaseIterable, Sendable {
        case numbers = "itn"
        case numberStyle = "itn_policy"
        case punctuation
        case masks = "mask"

        /// The environment variable.
        var variable: String { "GIGASTT_\(rawValue.uppercased())" }

        /// Puts a value where it belongs. Throws a usage error for one that cannot be read.
        func apply(_ word: String, to text: inout TextFormatting) throws {
            switch self {
            case .numbers: text.numbers = try mode(word).isOn
            case .punctuation: text.punctuation = try mode(word).isOn
            case .masks:
                guard let masks = TextFormatting.Mask.set(names: word) else {
                    throw ValidationError("unknown mask '\(word)' (expected 'profanity', 'personal', both, or 'none')")
                }
                text.masks = masks
            case .numberStyle:
                guard let style = TextFormatting.NumberStyle(name: word) else {
                    throw ValidationError("unknown itn policy '\(word)' (expected 'full' or 'compat')")
                }
                text.numberStyle = style
            }
        }

        private func mode(_ word: String) throws -> PassMode {
            guard let mode = PassMode(word) else {
                throw ValidationError("unknown \(rawValue) mode '\(word)' (expected 'on', 'off', or 'auto')")
            }
            return mode
        }
    }

    /// What flags and variables say.
    var values: [Key: String] = [:]
    /// What the configuration file says.
    var file: [Key: String] = [:]

    /// The settings. Throws a usage error for a value that cannot be read.
    func formatting() throws -> TextFormatting {
        var text = TextFormatting()
        for (key, word) in file.merging(values, uniquingKeysWith: { $1 }) { try key.apply(word, to: &text) }
        return text
    }
}

/// Whether a pass over the text runs; `auto`: when the model does not do its work.
enum PassMode: Sendable {
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

    /// `nil` for `auto`.
    var isOn: Bool? {
        switch self {
        case .on: true
        case .off: false
        case .auto: nil
        }
    }
}

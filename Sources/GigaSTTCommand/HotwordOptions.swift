import ArgumentParser
import Foundation
import GigaSTT

/// Phrases that recognition prefers.
struct HotwordOptions: ParsableArguments {
    @Option(help: "Phrases to prefer, separated by commas. [env GIGASTT_HOTWORDS]")
    var hotwords: String?

    @Option(
        help: ArgumentHelp(
            "Phrases to prefer: UTF-8, one a line, or with a tab and a weight behind it. [env GIGASTT_HOTWORDS_FILE]",
            valueName: "file"))
    var hotwordsFile: String?

    @Flag(help: "Prefer thirty common names of products and services. [env GIGASTT_HOTWORDS_DEFAULT]")
    var hotwordsDefault = false

    @Option(
        help: ArgumentHelp(
            "How much phrases are preferred, as a natural logarithm; 0: not at all. "
                + "[env GIGASTT_HOTWORDS_BOOST; default 5]"))
    var hotwordsBoost: Float?

    /// The phrases of all sources. A file that cannot be used is a warning, and recognition goes on without it.
    func values() throws -> (hotwords: Hotwords, warnings: [String]) {
        let boost = try Setting.value(
            hotwordsBoost, variable: "GIGASTT_HOTWORDS_BOOST", default: Hotwords.defaultBoost, parse: { Float($0) })
        guard boost.isFinite else { throw ValidationError("the boost of hotwords is not a number: \(boost)") }
        var (values, warnings) = (Hotwords([], boost: boost), [String]())
        if let url = try Setting.url(hotwordsFile, variable: "GIGASTT_HOTWORDS_FILE") {
            do {
                values.phrases += try Hotwords(contentsOf: url).phrases
            } catch {
                warnings.append("hotwords are not used: \(error.message)")
            }
        }
        if try Setting.flag(hotwordsDefault, variable: "GIGASTT_HOTWORDS_DEFAULT") {
            values.phrases += Hotwords.commonNames.phrases
        }
        let list = try Setting.optional(hotwords, variable: "GIGASTT_HOTWORDS", parse: { $0 }) ?? ""
        values.phrases += list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.map { Hotwords.Phrase($0) }
        guard values.phrases.count <= Hotwords.countLimit else {
            throw ValidationError("there are more than \(Hotwords.countLimit) hotwords")
        }
        return (values, warnings)
    }
}

extension Recognizer {
    /// A sentence about the phrases that the model cannot write; `nil` when it can write all. `isNaming`: with the first of
    /// them, which a server does not write to its log.
    func unspellableWarning(_ hotwords: Hotwords, isNaming: Bool) -> String? {
        let phrases = unspellable(hotwords)
        guard !phrases.isEmpty else { return nil }
        let names = phrases.prefix(10).map { "'\($0.prefix(64))'" }.joined(separator: ", ")
        let list = isNaming ? ": \(names)\(phrases.count > 10 ? ", …" : "")" : ""
        return "hotwords that this model has no letters for, or of more than \(Hotwords.lengthLimit) characters, "
            + "are not preferred (\(phrases.count))\(list)"
    }
}
